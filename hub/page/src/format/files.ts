/** Files that people choose, and how those that only this page has are shown. */
import { onScopeDispose } from "vue";

/** The files of a field that was just filled in; the field is empty afterwards, so that the same file can be chosen again. */
export function filesOf(event: Event): File[] {
  const input = event.target as HTMLInputElement;
  const files = [...(input.files ?? [])];
  input.value = "";
  return files;
}

/** An address of each file, made once; let go where the file is dropped, and all at the end. */
export function useAddresses(): { addressOf: (file: Blob) => string; drop: (file: Blob) => void } {
  const addresses = new Map<Blob, string>();
  const addressOf = (file: Blob): string => {
    const made = addresses.get(file) ?? URL.createObjectURL(file);
    addresses.set(file, made);
    return made;
  };
  const drop = (file: Blob): void => {
    URL.revokeObjectURL(addresses.get(file) ?? "");
    addresses.delete(file);
  };
  onScopeDispose(() => {
    [...addresses.keys()].forEach(drop);
  });
  return { addressOf, drop };
}
