/** Makes a phone's photo small enough to send over a weak network; place, time and device stay with it. */
import { findExif, withExif, type PictureKind } from "./exif";

const SMALL_ENOUGH = 1.5 * 1024 * 1024;
const LONGEST_SIDE = 2560;
const QUALITY = 0.86;

/**
 * The same photo as a JPEG of at most 2560 px that carries the original's EXIF; as it is when small already, not
 * readable here, or where its EXIF fits into no JPEG. The hub keeps the EXIF in the record and shows it to nobody.
 */
export async function shrink(file: File): Promise<File> {
  if (file.size <= SMALL_ENOUGH && (file.type === "image/jpeg" || file.type === "image/png")) {
    return file;
  }
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) {
    return file;
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", QUALITY);
  });
  if (blob === null) {
    return file;
  }
  const { kind, exif } = findExif(new Uint8Array(await file.arrayBuffer()));
  if (exif === null || kind === null) {
    return new File([blob], "photo.jpg", { type: "image/jpeg" });
  }
  const jpeg = new Uint8Array(await blob.arrayBuffer());
  const whole = withExif(jpeg, exif, canvas.width, canvas.height, await isTurned(kind));
  return whole === null ? file : new File([whole], "photo.jpg", { type: "image/jpeg" });
}

/** Pictures of 2 × 1 pixels whose EXIF says that they lie on their side. */
const LYING: Readonly<Partial<Record<PictureKind, readonly [type: string, base64: string]>>> = {
  png: [
    "image/png",
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAGmVYSWZNTQAqAAAACAABARIAAwAAAAEABgAAAAAAANZnS2kAAAALSURBVHicY2BgAAAAAwABuK06YwAAAABJRU5ErkJggg==",
  ],
  webp: [
    "image/webp",
    "UklGRk4AAABXRUJQVlA4WAoAAAAIAAAAAQAAAAAAVlA4TA4AAAAvAQAAAAcQEf0PRET/A0VYSUYaAAAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAA=",
  ],
};

/** Whether this browser turns pictures of a kind upright: all do so with JPEG and HEIC, not all with PNG and WebP. */
async function isTurned(kind: PictureKind): Promise<boolean> {
  const probe = LYING[kind];
  if (probe === undefined) {
    return true;
  }
  const bytes = Uint8Array.from(atob(probe[1]), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: probe[0] }));
  return picture.height > picture.width;
}
