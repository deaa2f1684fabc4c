/** The map's marks, drawn in the page's own colours. Each grade has a shape of its own, so that nobody needs its colour. */
import type { Grade } from "@/api/types";

/** A mark is drawn twice as large as it is shown, for fine screens. */
export const PIXEL_RATIO = 2;

export interface Colours {
  ground: string;
  surface: string;
  raised: string;
  line: string;
  lineStrong: string;
  text: string;
  textSoft: string;
  accent: string;
  danger: string;
  warning: string;
}

const TOKENS: Readonly<Record<keyof Colours, string>> = {
  ground: "--ground",
  surface: "--surface",
  raised: "--raised",
  line: "--line",
  lineStrong: "--line-strong",
  text: "--text",
  textSoft: "--text-soft",
  accent: "--accent",
  danger: "--danger",
  warning: "--warning",
};

/** The colours of the theme that the document shows now. */
export function coloursNow(): Colours {
  const style = getComputedStyle(document.documentElement);
  const entries = Object.entries(TOKENS).map(([name, token]) => [name, style.getPropertyValue(token).trim()]);
  return Object.fromEntries(entries) as Colours;
}

export function gradeColour(grade: Grade, colours: Colours): string {
  return { ordinary: colours.textSoft, serious: colours.warning, major: colours.danger }[grade];
}

/** Draw a mark by its id: `case-major-late`, `cluster-serious`, `camera-down`, `unit`, `thing-places-sure`; null for others. */
export function drawMark(id: string, colours: Colours): ImageData | null {
  const [kind, what = "", late] = id.split("-");
  switch (kind) {
    case "case":
      return onCanvas(26, (brush) => {
        drawCase(brush, what as Grade, colours, 26, late === "late");
      });
    case "cluster":
      return onCanvas(42, (brush) => {
        drawCase(brush, what as Grade, colours, 42, false);
      });
    case "camera":
      return onCanvas(24, (brush) => {
        drawCamera(brush, what, colours);
      });
    case "unit":
      return onCanvas(26, (brush) => {
        drawUnit(brush, colours);
      });
    case "thing":
      return onCanvas(22, (brush) => {
        drawThing(brush, what, late === "near", colours);
      });
    default:
      return null;
  }
}

type Brush = CanvasRenderingContext2D;

/** A round plate with a pin for what stands there, with a head and shoulders for a person. */
function drawThing(brush: Brush, layer: string, isNear: boolean, colours: Colours): void {
  const plate = new Path2D();
  plate.arc(11, 11, 9.5, 0, 2 * Math.PI);
  brush.fillStyle = colours.surface;
  brush.fill(plate);
  brush.strokeStyle = colours.accent;
  brush.lineWidth = 1.4;
  brush.setLineDash(isNear ? [2.5, 2.5] : []);
  brush.stroke(plate);
  brush.setLineDash([]);
  brush.lineWidth = 1.6;
  brush.stroke(new Path2D(THING_SIGNS[layer] ?? THING_SIGNS["places"]));
}

const THING_SIGNS: Readonly<Record<string, string>> = {
  places: "M11 16c2.600-2.900 3.700-4.500 3.700-6.200a3.700 3.700 0 1 0-7.400 0c0 1.700 1.100 3.300 3.700 6.200zM11 9.600v.1",
  premises: "M6.500 15.500v-8h5v8M11.500 9.500h4v6M5.500 15.500h11M8.500 10h1M8.500 12.500h1",
  devices: "M7.500 8.500a4.500 4.500 0 0 1 7 0M9.200 11a2.300 2.300 0 0 1 3.600 0M11 14.200v.1",
  people: "M11 6.200a2.300 2.300 0 1 0 0 4.600 2.300 2.300 0 0 0 0-4.600zM6.800 16c.3-2.600 1.800-3.800 4.200-3.800s3.900 1.200 4.200 3.800",
};

function onCanvas(size: number, draw: (brush: Brush) => void): ImageData | null {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * PIXEL_RATIO;
  const brush = canvas.getContext("2d");
  if (brush === null) {
    return null;
  }
  brush.scale(PIXEL_RATIO, PIXEL_RATIO);
  brush.lineJoin = brush.lineCap = "round";
  draw(brush);
  return brush.getImageData(0, 0, canvas.width, canvas.height);
}

/** Ordinary: a circle; serious: a square on its corner; major: a triangle. A late one has a ring around it. */
function drawCase(brush: Brush, grade: Grade, colours: Colours, size: number, isLate: boolean): void {
  const shape = SHAPES[grade](size);
  const edge = (colour: string, width: number): void => {
    brush.strokeStyle = colour;
    brush.lineWidth = width;
    brush.stroke(shape);
  };
  if (isLate) {
    edge(colours.text, 7);
  }
  edge(colours.surface, isLate ? 3.5 : 3);
  brush.fillStyle = gradeColour(grade, colours);
  brush.fill(shape);
  if (size < 30 && grade === "major") {
    brush.strokeStyle = colours.surface;
    brush.lineWidth = 2.2;
    brush.stroke(new Path2D(`M${size / 2} ${size * 0.4}v${size * 0.19}M${size / 2} ${size * 0.74}v.1`));
  }
}

const SHAPES: Readonly<Record<Grade, (size: number) => Path2D>> = {
  ordinary: (size) => {
    const path = new Path2D();
    path.arc(size / 2, size / 2, size * 0.36, 0, 2 * Math.PI);
    return path;
  },
  serious: (size) => polygon(size, [[0.5, 0.1], [0.9, 0.5], [0.5, 0.9], [0.1, 0.5]]),
  major: (size) => polygon(size, [[0.5, 0.12], [0.93, 0.87], [0.07, 0.87]]),
};

function polygon(size: number, corners: readonly (readonly [number, number])[]): Path2D {
  return new Path2D(`M${corners.map(([x, y]) => `${x * size} ${y * size}`).join("L")}Z`);
}

function drawCamera(brush: Brush, health: string, colours: Colours): void {
  const ink = { down: colours.danger, unsure: colours.warning }[health] ?? colours.text;
  const plate = new Path2D();
  plate.roundRect(1.5, 1.5, 21, 21, 6);
  brush.fillStyle = colours.surface;
  brush.fill(plate);
  brush.strokeStyle = health === "up" ? colours.lineStrong : ink;
  brush.lineWidth = health === "up" ? 1 : 1.8;
  if (health === "unsure") {
    brush.setLineDash([3, 3]);
  }
  brush.stroke(plate);
  brush.setLineDash([]);
  brush.strokeStyle = ink;
  brush.lineWidth = 1.6;
  brush.stroke(new Path2D("M5.500 8.500h8v7h-8zM13.500 11.500l5-2.500v6.500l-5-2.500"));
  if (health === "down") {
    brush.lineWidth = 2.2;
    brush.stroke(new Path2D("M5 5l14 14"));
  }
}

function drawUnit(brush: Brush, colours: Colours): void {
  const shield = new Path2D("M13 2l9 3.500v7.500c0 5-3.800 8.700-9 11-5.200-2.300-9-6-9-11v-7.500z");
  brush.strokeStyle = colours.surface;
  brush.lineWidth = 3;
  brush.stroke(shield);
  brush.fillStyle = colours.accent;
  brush.fill(shield);
  brush.strokeStyle = colours.surface;
  brush.lineWidth = 1.8;
  brush.stroke(new Path2D("M13 7.200a2.600 2.600 0 1 0 0 5.200 2.600 2.600 0 0 0 0-5.200zM8.500 18.500c.3-2.700 1.900-4 4.500-4s4.200 1.300 4.500 4"));
}
