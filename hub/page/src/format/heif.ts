/** EXIF of HEIC and AVIF photos: an item of its own in the file's boxes (ISO/IEC 23008-12, 14496-12). */
import { text, viewOf } from "./bytes";

interface Box {
  type: string;
  /** Where its content begins and ends. */
  from: number;
  to: number;
}

/** The EXIF item's content from the TIFF header on; null where there is none. Throws RangeError where boxes are broken. */
export function exifOfHeif(file: Uint8Array): Uint8Array | null {
  const meta = boxes(file, 0, file.length).find((box) => box.type === "meta");
  if (meta === undefined) {
    return null;
  }
  const inner = boxes(file, meta.from + 4, meta.to);
  const named = (type: string): Box | undefined => inner.find((box) => box.type === type);
  const info = named("iinf");
  const places = named("iloc");
  const item = info === undefined ? null : exifItem(file, info);
  const place = item === null || places === undefined ? null : placeOf(file, places, item);
  if (place === null) {
    return null;
  }
  const start = place.at + (place.inIdat ? (named("idat")?.from ?? 0) : 0);
  const content = file.subarray(start, start + place.length);
  return content.subarray(4 + viewOf(content).getUint32(0));
}

function boxes(file: Uint8Array, from: number, to: number): Box[] {
  const view = viewOf(file);
  const found: Box[] = [];
  for (let at = from; at + 8 <= to; ) {
    const told = view.getUint32(at);
    const large = told === 1;
    const size = large ? Number(view.getBigUint64(at + 8)) : told === 0 ? to - at : told;
    if (size < 8) {
      break;
    }
    found.push({ type: text(file, at + 4, 4), from: at + (large ? 16 : 8), to: at + size });
    at += size;
  }
  return found;
}

function exifItem(file: Uint8Array, info: Box): number | null {
  const view = viewOf(file);
  const first = info.from + 4 + (view.getUint8(info.from) === 0 ? 2 : 4);
  for (const entry of boxes(file, first, info.to)) {
    const version = view.getUint8(entry.from);
    const id = entry.from + 4;
    const wide = version === 3 ? 4 : 2;
    if (entry.type === "infe" && version >= 2 && text(file, id + wide + 2, 4) === "Exif") {
      return wide === 4 ? view.getUint32(id) : view.getUint16(id);
    }
  }
  return null;
}

interface Place {
  at: number;
  length: number;
  inIdat: boolean;
}

/** Where an item lies; null where it is not there or in several pieces, which nobody writes for EXIF. */
function placeOf(file: Uint8Array, places: Box, item: number): Place | null {
  const view = viewOf(file);
  let at = places.from;
  const number = (bytes: number): number => {
    let value = 0;
    for (let index = 0; index < bytes; index += 1) {
      value = value * 256 + view.getUint8(at + index);
    }
    at += bytes;
    return value;
  };
  const version = number(1);
  at += 3;
  const sizes = number(2);
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version === 0 ? 0 : sizes & 15;
  const count = number(version < 2 ? 2 : 4);
  for (let index = 0; index < count; index += 1) {
    const id = number(version < 2 ? 2 : 4);
    const method = version === 0 ? 0 : number(2) & 15;
    at += 2;
    const base = number(baseSize);
    const extents = number(2);
    for (let extent = 0; extent < extents; extent += 1) {
      at += indexSize;
      const offset = number(offsetSize);
      const length = number(lengthSize);
      if (id === item) {
        return extents === 1 && method < 2 ? { at: base + offset, length, inIdat: method === 1 } : null;
      }
    }
  }
  return null;
}
