/** Numbers as a language writes them, by formats that are made once: making one costs far more than using it. */
const formats = new Map<string, Intl.NumberFormat>();

/** `tag`: the language's, as in `zh-CN`. */
export function formatNumber(value: number, tag: string, options: Intl.NumberFormatOptions): string {
  const key = `${tag} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? new Intl.NumberFormat(tag, options);
  formats.set(key, format);
  return format.format(value);
}
