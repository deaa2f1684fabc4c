/** What a browser calls itself, in few words: its name and version, and the system that it runs on. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/Edg(?:e|A|iOS)?\/(\d+)/, "Edge"],
  [/(?:Firefox|FxiOS)\/(\d+)/, "Firefox"],
  [/(?:Chrome|CriOS)\/(\d+)/, "Chrome"],
  [/Version\/(\d+)[\d.]* (?:Mobile\/\S+ )?Safari/, "Safari"],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** As it was said where the browser is none of the common ones. */
export function browserName(said: string): string {
  const browser = BROWSERS.flatMap(([pattern, name]) => {
    const found = pattern.exec(said);
    return found === null ? [] : [`${name} ${found[1] ?? ""}`];
  })[0];
  const system = SYSTEMS.find(([pattern]) => pattern.test(said))?.[1];
  return browser === undefined ? said : [browser, ...(system === undefined ? [] : [system])].join(" · ");
}
