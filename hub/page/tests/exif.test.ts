import { describe, expect, it } from "vitest";

import { findExif, withExif } from "@/format/exif";

const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const letters = (text: string): number[] => Array.from(text, (one) => one.charCodeAt(0));
const bytes = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from(parts.flat());

/** EXIF of a phone held upright: orientation 6, its own directory with the size, and a place. */
const EXIF: readonly number[] = [
  ...letters("MM\0*"),
  ...u32(8),
  ...u16(3),
  ...[...u16(0x0112), ...u16(3), ...u32(1), ...u16(6), ...u16(0)],
  ...[...u16(0x8769), ...u16(4), ...u32(1), ...u32(50)],
  ...[...u16(0x8825), ...u16(4), ...u32(1), ...u32(80)],
  ...u32(0),
  ...u16(2),
  ...[...u16(0xa002), ...u16(4), ...u32(1), ...u32(4000)],
  ...[...u16(0xa003), ...u16(3), ...u32(1), ...u16(3000), ...u16(0)],
  ...u32(0),
  ...letters("31 13 49 N 121 28 25 E"),
];
const CANVAS = bytes([0xff, 0xd8, 0xff, 0xe0], u16(4), [1, 2, 0xff, 0xda, 7, 7, 0xff, 0xd9]);

const segment = (marker: number, content: readonly number[]): number[] => [0xff, marker, ...u16(content.length + 2), ...content];
const box = (type: string, ...content: readonly (readonly number[])[]): number[] => {
  const inner = content.flat();
  return [...u32(inner.length + 8), ...letters(type), ...inner];
};

function heif(inIdat: boolean): Uint8Array {
  const item = [...u32(6), ...letters("Exif\0\0"), ...EXIF];
  const made = (at: number): number[] => {
    const version = inIdat ? 1 : 0;
    const entry = (id: number, place: number, size: number): number[] => [
      ...u16(id),
      ...(inIdat ? u16(1) : []),
      ...u16(0),
      ...u16(1),
      ...u32(place),
      ...u32(size),
    ];
    const names = (id: number, type: string): number[] => box("infe", [2, 0, 0, 0], u16(id), u16(0), letters(`${type}\0`));
    const meta = box(
      "meta",
      u32(0),
      box("hdlr", u32(0), letters("....pict")),
      box("iinf", u32(0), u16(2), names(1, "hvc1"), names(2, "Exif")),
      box("iloc", [version, 0, 0, 0, 0x44, 0], u16(2), entry(1, 1, 1), entry(2, at, item.length)),
      ...(inIdat ? [box("idat", item)] : []),
    );
    return [...box("ftyp", letters("heic\0\0\0\0")), ...meta];
  };
  const front = made(0).length + 8;
  return bytes(made(inIdat ? 0 : front), inIdat ? [] : box("mdat", item));
}

const FILES: Readonly<Record<string, Uint8Array>> = {
  jpeg: bytes([0xff, 0xd8], segment(0xe0, letters("JFIF\0")), [0xff], segment(0xe1, [...letters("Exif\0\0"), ...EXIF]), [0xff, 0xda]),
  png: bytes([137], letters("PNG\r\n\x1a\n"), u32(1), letters("IHDR"), [1], u32(0), u32(EXIF.length), letters("eXIf"), EXIF, u32(0)),
  webp: bytes(letters("RIFF"), u32(0), letters("WEBPVP8 "), [1, 0, 0, 0, 9, 0], letters("EXIF"), [EXIF.length, 0, 0, 0], EXIF),
  heif: heif(false),
};

describe("a photo's EXIF", () => {
  it.each(Object.keys(FILES))("is found in %s", (kind) => {
    expect(findExif(FILES[kind] ?? bytes())).toEqual({ kind, exif: Uint8Array.from(EXIF) });
  });

  it("is found in HEIC that keeps it among its own boxes", () => {
    expect(findExif(heif(true)).exif).toEqual(Uint8Array.from(EXIF));
  });

  it.each(Object.keys(FILES))("is none where %s is cut off or garbage, and no fault", (kind) => {
    const whole = FILES[kind] ?? bytes();
    for (let length = 0; length < whole.length - EXIF.length; length += 1) {
      expect(findExif(whole.slice(0, length)).exif).toBeNull();
    }
    for (let at = 12; at < whole.length; at += 1) {
      const broken = whole.slice();
      broken[at] = 0xff;
      findExif(broken);
    }
    expect(findExif(bytes(letters("GIF89a")))).toEqual({ kind: null, exif: null });
  });

  it("stands in front of the smaller JPEG, upright, with the new size; all else as it was", () => {
    const whole = withExif(CANVAS, Uint8Array.from(EXIF), 1920, 2560, true) ?? bytes();
    const told = findExif(whole).exif ?? bytes();
    const wanted = Uint8Array.from(EXIF);
    wanted.set(u16(1), 18);
    wanted.set(u32(1920), 60);
    wanted.set(u16(2560), 72);
    expect(told).toEqual(wanted);
    expect(whole.slice(-(CANVAS.length - 2))).toEqual(CANVAS.slice(2));
  });

  it("keeps its orientation where the browser did not turn the picture", () => {
    const whole = withExif(CANVAS, Uint8Array.from(EXIF), 1, 1, false) ?? bytes();
    expect(findExif(whole).exif?.slice(18, 20)).toEqual(Uint8Array.from(u16(6)));
  });

  it("is set right in either byte order", () => {
    const little = bytes(letters("II*\0"), [8, 0, 0, 0, 1, 0], [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0], [0, 0, 0, 0]);
    const whole = withExif(CANVAS, little, 1, 1, true) ?? bytes();
    expect(findExif(whole).exif?.[18]).toBe(1);
  });

  it("is put in as it is where its directories are garbage", () => {
    const garbage = bytes(letters("MM\0*"), u32(0xffffff));
    expect(findExif(withExif(CANVAS, garbage, 1, 1, true) ?? bytes()).exif).toEqual(garbage);
  });

  it("fits into no JPEG where it is larger than a segment", () => {
    expect(withExif(CANVAS, new Uint8Array(65_528), 1, 1, true)).toBeNull();
    expect(withExif(CANVAS, new Uint8Array(65_527), 1, 1, true)?.slice(4, 6)).toEqual(Uint8Array.from([255, 255]));
  });
});
