/** Where the hub is: at the address's root, or under the path that a reverse proxy gives it (`/eyes/`). */

/** The page's own folder, taken from the `<base>` that the hub writes; ends in a slash. */
export const BASE = baseOf(document.baseURI);

/** Path of the folder that an address lies in; the root where the address has none. */
export function baseOf(address: string): string {
  try {
    return new URL(".", address).pathname.replace(/[^/]*$/, "");
  } catch {
    return "/";
  }
}

/** A path of the hub's, such as `/api/evidence/…`, as the browser must ask for it. */
export function hubPath(path: string, base: string = BASE): string {
  return base + path.replace(/^\/+/, "");
}
