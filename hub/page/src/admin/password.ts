/** Passwords that somebody is given: read aloud and typed once, so without letters that look alike. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const IN_GROUP = 5;
/** Bytes from here on would make the first letters likelier. */
const FAIR = 256 - (256 % LETTERS.length);

/** Twenty letters in groups, about 99 bits. */
export function freshPassword(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  const letters: string[] = [];
  while (letters.length < GROUPS * IN_GROUP) {
    const byte = random(new Uint8Array(1))[0] ?? FAIR;
    if (byte < FAIR) {
      letters.push(LETTERS.charAt(byte % LETTERS.length));
    }
  }
  return Array.from({ length: GROUPS }, (_, group) => letters.slice(group * IN_GROUP, (group + 1) * IN_GROUP).join("")).join("-");
}
