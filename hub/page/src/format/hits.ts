/** Where in a text the words stand that somebody looks for. */

export interface Part {
  readonly text: string;
  readonly hit: boolean;
}

/** What is looked for, word by word, as the hub compares it. */
export function piecesOf(words: string): string[] {
  return folded(words).split(/\s+/).filter(Boolean);
}

/** Wide and narrow forms, upper and lower case are the same. */
export function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

/** Cut a text into what was looked for and what stands between. */
export function partsOf(text: string, words: string): Part[] {
  const low = text.toLowerCase();
  const pieces = piecesOf(words);
  const parts: Part[] = [];
  let done = 0;
  for (let at = 0; at < low.length; ) {
    const here = pieces.filter((piece) => low.startsWith(piece, at)).reduce((a, b) => (b.length > a.length ? b : a), "");
    if (here === "") {
      at += 1;
      continue;
    }
    if (at > done) {
      parts.push({ text: text.slice(done, at), hit: false });
    }
    at += here.length;
    parts.push({ text: text.slice(at - here.length, at), hit: true });
    done = at;
  }
  return done < text.length ? [...parts, { text: text.slice(done), hit: false }] : parts;
}
