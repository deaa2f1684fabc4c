/**
 * WGS 84 and GCJ-02. Maps that are published in China are drawn in GCJ-02, which shifts every place by some hundred
 * metres. The shift is not published; its approximation (two sums of sines over the ellipsoid of Krasovsky 1940) has been
 * known since 2010 and agrees with the official one within a few metres; see "Restrictions on geographic data in China",
 * GCJ-02, at Wikipedia. The way back has no formula and is found step by step.
 */

export type Datum = "wgs84" | "gcj02";
/** Longitude, latitude, in degrees. */
export type Position = readonly [longitude: number, latitude: number];

/** Krasovsky 1940: half of the great axis in metres, and the eccentricity squared. */
const AXIS = 6378245;
const ECCENTRICITY = 0.006693421622965943;
/** About a tenth of a millimetre. */
const CLOSE = 1e-9;
const MOST_STEPS = 30;

/** Give a position of one datum in another. */
export function converted(position: Position, from: Datum, to: Datum): Position {
  if (from === to || !isShifted(position)) {
    return position;
  }
  return to === "gcj02" ? toGcj(position) : toWgs(position);
}

/** The shift is applied within a rectangle around China only. */
function isShifted([longitude, latitude]: Position): boolean {
  return longitude >= 72.004 && longitude <= 137.8347 && latitude >= 0.8293 && latitude <= 55.8271;
}

function toGcj([longitude, latitude]: Position): Position {
  const x = longitude - 105;
  const y = latitude - 35;
  const radians = (latitude / 180) * Math.PI;
  const flat = 1 - ECCENTRICITY * Math.sin(radians) ** 2;
  const meridian = ((AXIS * (1 - ECCENTRICITY)) / flat ** 1.5) * (Math.PI / 180);
  const parallel = (AXIS / Math.sqrt(flat)) * Math.cos(radians) * (Math.PI / 180);
  return [longitude + east(x, y) / parallel, latitude + north(x, y) / meridian];
}

function toWgs(position: Position): Position {
  let [longitude, latitude] = position;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const [there, up] = toGcj([longitude, latitude]);
    longitude += position[0] - there;
    latitude += position[1] - up;
    if (Math.abs(position[0] - there) < CLOSE && Math.abs(position[1] - up) < CLOSE) {
      break;
    }
  }
  return [longitude, latitude];
}

const wave = (amplitude: number, argument: number): number => amplitude * Math.sin(argument * Math.PI);

/** Metres to the east. */
function east(x: number, y: number): number {
  const slow = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x));
  return slow + (2 / 3) * (ripple(x) + wave(20, x) + wave(40, x / 3) + wave(150, x / 12) + wave(300, x / 30));
}

/** Metres to the north. */
function north(x: number, y: number): number {
  const slow = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x));
  return slow + (2 / 3) * (ripple(x) + wave(20, y) + wave(40, y / 3) + wave(160, y / 12) + wave(320, y / 30));
}

function ripple(x: number): number {
  return wave(20, 6 * x) + wave(20, 2 * x);
}
