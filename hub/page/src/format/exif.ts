/** A photo's EXIF (place, time, device): found in the file a phone made, and put into the JPEG that is uploaded. */
import { text, viewOf } from "./bytes";
import { exifOfHeif } from "./heif";

const ORIENTATION = 0x0112;
const EXIF_IFD = 0x8769;
const WIDTH_TAGS = [0x0100, 0xa002];
const HEIGHT_TAGS = [0x0101, 0xa003];
const SHORT = 3;
const LONG = 4;
/** A JPEG segment has 65,535 bytes with its own length, and EXIF begins with six bytes of its own name. */
const MOST = 65_535 - 2 - 6;

export type PictureKind = "jpeg" | "png" | "webp" | "heif";

/** A photo's format by its content, and its EXIF from the TIFF header on; null where it has none. */
export interface Found {
  kind: PictureKind | null;
  exif: Uint8Array | null;
}

/** Read a photo's EXIF. What is broken is taken for none: the photo counts. */
export function findExif(file: Uint8Array): Found {
  const kind = kindOf(file);
  try {
    const found = kind === null ? null : READERS[kind](file);
    return { kind, exif: found !== null && isTiff(found) ? found : null };
  } catch (error) {
    if (error instanceof RangeError) {
      return { kind, exif: null };
    }
    throw error;
  }
}

/**
 * A JPEG with this EXIF in front, or null where the EXIF is too large for one. `upright` says that the pixels stand
 * upright already, so that nobody may turn them again.
 */
export function withExif(jpeg: Uint8Array, exif: Uint8Array, width: number, height: number, upright: boolean): Uint8Array<ArrayBuffer> | null {
  if (exif.length > MOST) {
    return null;
  }
  const told = exif.slice();
  try {
    describe(told, width, height, upright);
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
  }
  const length = told.length + 8;
  const head = [0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 0xff, 0x45, 0x78, 0x69, 0x66, 0, 0];
  const whole = new Uint8Array(head.length + told.length + jpeg.length - 2);
  whole.set(head);
  whole.set(told, head.length);
  whole.set(jpeg.subarray(2), head.length + told.length);
  return whole;
}

function kindOf(file: Uint8Array): PictureKind | null {
  if (file[0] === 0xff && file[1] === 0xd8) {
    return "jpeg";
  }
  if (text(file, 1, 3) === "PNG") {
    return "png";
  }
  if (text(file, 0, 4) === "RIFF" && text(file, 8, 4) === "WEBP") {
    return "webp";
  }
  return text(file, 4, 4) === "ftyp" ? "heif" : null;
}

const READERS: Readonly<Record<PictureKind, (file: Uint8Array) => Uint8Array | null>> = {
  jpeg: exifOfJpeg,
  png: exifOfPng,
  webp: exifOfWebp,
  heif: exifOfHeif,
};

function exifOfJpeg(file: Uint8Array): Uint8Array | null {
  const view = viewOf(file);
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1; // filling between segments
      continue;
    }
    if (marker === 0xda || marker === 0xd9) {
      return null;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (marker === 0xe1 && text(file, at + 4, 6) === "Exif\0\0") {
      return file.subarray(at + 10, end);
    }
    at = end;
  }
  return null;
}

function exifOfPng(file: Uint8Array): Uint8Array | null {
  const view = viewOf(file);
  for (let at = 8; at + 8 <= file.length; at += 12 + view.getUint32(at)) {
    if (text(file, at + 4, 4) === "eXIf") {
      return file.subarray(at + 8, at + 8 + view.getUint32(at));
    }
  }
  return null;
}

function exifOfWebp(file: Uint8Array): Uint8Array | null {
  const view = viewOf(file);
  for (let at = 12; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4, true);
    if (text(file, at, 4) === "EXIF") {
      const found = file.subarray(at + 8, at + 8 + size);
      return text(found, 0, 6) === "Exif\0\0" ? found.subarray(6) : found;
    }
    at += 8 + size + (size % 2);
  }
  return null;
}

function isTiff(exif: Uint8Array): boolean {
  return text(exif, 0, 4) === "II*\0" || text(exif, 0, 4) === "MM\0*";
}

/** Write into EXIF what is so of the new picture: its size and, where it was turned, that it stands upright. */
function describe(exif: Uint8Array, width: number, height: number, upright: boolean): void {
  const view = viewOf(exif);
  const little = exif[0] === 0x49;
  const values = new Map<number, number>(upright ? [[ORIENTATION, 1]] : []);
  WIDTH_TAGS.forEach((tag) => values.set(tag, width));
  HEIGHT_TAGS.forEach((tag) => values.set(tag, height));
  const inner = setTags(view, view.getUint32(4, little), little, values);
  if (inner !== null) {
    setTags(view, inner, little, values);
  }
}

/** Set those of the tags that a directory has; gives where the directory of the photo's own tags begins. */
function setTags(view: DataView, at: number, little: boolean, values: ReadonlyMap<number, number>): number | null {
  let inner: number | null = null;
  const count = view.getUint16(at, little);
  for (let entry = at + 2; entry < at + 2 + 12 * count; entry += 12) {
    const tag = view.getUint16(entry, little);
    const type = view.getUint16(entry + 2, little);
    const value = values.get(tag);
    if (value !== undefined && type === SHORT) {
      view.setUint16(entry + 8, value, little);
    } else if (value !== undefined && type === LONG) {
      view.setUint32(entry + 8, value, little);
    } else if (tag === EXIF_IFD) {
      inner = view.getUint32(entry + 8, little);
    }
  }
  return inner;
}
