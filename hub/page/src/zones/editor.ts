/** What one edits: a camera's scenes and calibration, the chosen shape and point, and what is being drawn. */
import { computed, ref, shallowRef, type ComputedRef } from "vue";

import { inside, moved, type Point, type Size, type Target } from "./geometry";
import { problemsOf } from "./problems";
import { at, fromPoints, isValues, withAt, type Path, type SceneSchemas, type Section, type Values } from "./schema";
import { fullAt, itemOf, keyOf, LEAST_POINTS, shapesOf, toolsOf, type Shape, type Tool } from "./shapes";
import { useTimeline } from "./timeline";

export interface Draft {
  readonly scenes: readonly Values[];
  readonly calibration: Values | null;
}

export type Editor = ReturnType<typeof useEditor>;

export function useEditor(schemas: SceneSchemas) {
  const timeline = useTimeline<Draft>({ scenes: [], calibration: null });
  const draft = timeline.now;
  /** The section that is edited: `scenes.0` or `calibration`. */
  const open = ref("");
  const chosen = ref<{ key: string; point: number | null } | null>(null);
  const tool = shallowRef<Tool | null>(null);
  const placed = shallowRef<readonly Point[]>([]);
  const cursor = shallowRef<Point>([0.5, 0.5]);
  const size = shallowRef<Size>({ width: 1280, height: 720 });

  const sections = computed<Section[]>(() => {
    const scenes = draft.value.scenes.flatMap((value, place) => {
      const schema = schemas.scenes[String(value["scene"])];
      return schema === undefined ? [] : [{ path: ["scenes", place], schema, value }];
    });
    const { calibration } = draft.value;
    return calibration === null ? scenes : [...scenes, { path: ["calibration"], schema: schemas.calibration, value: calibration }];
  });
  const section = computed(() => sections.value.find((one) => keyOf(one.path) === open.value) ?? null);
  const shapes = computed(() => (section.value === null ? [] : shapesOf(section.value)));
  const others = computed(() => sections.value.filter((one) => one !== section.value).flatMap(shapesOf));
  const shape = computed(() => shapes.value.find(({ key }) => key === chosen.value?.key) ?? null);
  const problems = computed(() => problemsOf(sections.value));
  const tools = computed(() => (section.value === null ? [] : toolsOf(section.value, shape.value)));
  /** What points may be drawn to: every shape but the one in hand. */
  const targets: ComputedRef<Target[]> = computed(() =>
    [...shapes.value, ...others.value]
      .filter(({ key }) => key !== chosen.value?.key)
      .map(({ points, kind }) => ({ points, closed: kind === "polygon" })),
  );

  function set(path: Path, value: unknown, name?: string): void {
    timeline.step(withAt(draft.value, path, value), name);
  }

  function choose(key: string | null, point: number | null = null): void {
    timeline.pause();
    chosen.value = key === null ? null : { key, point };
  }

  function show(path: Path): void {
    cancel();
    choose(null);
    open.value = keyOf(path);
  }

  function begin(next: Tool): void {
    choose(null);
    tool.value = next;
    placed.value = [];
  }

  function cancel(): void {
    tool.value = null;
    placed.value = [];
  }

  function place(point: Point): void {
    if (tool.value !== null) {
      placed.value = [...placed.value, inside(point)];
      if (placed.value.length === fullAt(tool.value)) {
        finish();
      }
    }
  }

  function unplace(): void {
    placed.value = placed.value.slice(0, -1);
  }

  /** End the drawing; nothing happens while points are missing. */
  function finish(): void {
    const made = tool.value === null ? null : itemOf(tool.value, placed.value, takenIds(draft.value));
    if (tool.value === null || made === null) {
      return;
    }
    const { path, appended } = tool.value;
    const known = at(draft.value, path);
    const list: unknown[] = Array.isArray(known) ? known : [];
    set(path, appended ? [...list, made] : made);
    const key = keyOf(appended ? [...path, list.length] : path);
    cancel();
    choose(shapes.value.find((one) => `${one.key}.`.startsWith(`${key}.`))?.key ?? null);
  }

  function setPoints({ path, kind }: Shape, points: readonly Point[], name?: string): void {
    set(path, fromPoints(kind, points), name);
  }

  /** Put one point elsewhere; steps of one gesture are undone together. */
  function movePoint(of: Shape, number: number, to: Point, gesture: string): void {
    setPoints(of, of.points.map((point, index) => (index === number ? inside(to) : point)), gesture);
  }

  function moveShape(of: Shape, from: readonly Point[], dx: number, dy: number, gesture: string): void {
    setPoints(of, moved(from, dx, dy), gesture);
  }

  /** Move the chosen point, else the chosen shape, by pixels of the picture. */
  function nudge(x: number, y: number): void {
    const of = shape.value;
    const [dx, dy] = [x / size.value.width, y / size.value.height];
    const number = chosen.value?.point ?? null;
    const point = number === null ? undefined : of?.points[number];
    if (of !== null && number !== null && point !== undefined) {
      movePoint(of, number, [point[0] + dx, point[1] + dy], `nudge ${of.key} ${number}`);
    } else if (of !== null) {
      moveShape(of, of.points, dx, dy, `nudge ${of.key}`);
    }
  }

  function insertPoint(of: Shape, after: number, point: Point, gesture: string): void {
    setPoints(of, [...of.points.slice(0, after + 1), inside(point), ...of.points.slice(after + 1)], gesture);
    chosen.value = { key: of.key, point: after + 1 };
  }

  /** Take away the chosen point, else the chosen shape with all that belongs to it; false where a shape needs its points. */
  function removeChosen(): boolean {
    const of = shape.value;
    const number = chosen.value?.point ?? null;
    if (of === null) {
      return true;
    }
    if (number === null) {
      remove(of.owner);
      return true;
    }
    const left = of.points.filter((_, index) => index !== number);
    if (left.length < LEAST_POINTS[of.kind]) {
      return false;
    }
    setPoints(of, left);
    choose(of.key, Math.min(number, left.length - 1));
    return true;
  }

  function remove(path: Path): void {
    set(path, undefined);
    choose(null);
  }

  function addScene(scene: string): void {
    set(["scenes"], [...draft.value.scenes, { scene }]);
    show(["scenes", draft.value.scenes.length - 1]);
  }

  function addCalibration(): void {
    set(["calibration"], {});
    show(["calibration"]);
  }

  function removeSection(path: Path): void {
    set(path, path[0] === "calibration" ? null : undefined);
    show(sections.value[0]?.path ?? []);
  }

  function load(next: Draft): void {
    timeline.reset(next);
    cancel();
    choose(null);
    open.value = section.value === null ? keyOf(sections.value[0]?.path ?? []) : open.value;
  }

  return {
    draft, sections, section, shapes, others, shape, chosen, tool, tools, placed, cursor, size, problems, targets, timeline, schemas,
    set, choose, show, begin, cancel, place, unplace, finish, movePoint, moveShape, nudge, insertPoint, removeChosen, remove,
    addScene, addCalibration, removeSection, load,
  };
}

/** Identifiers of all zones and lines: a new one is to be free in every scene. */
function takenIds({ scenes }: Draft): Set<string> {
  const items = scenes.flatMap((scene) => [scene["zones"], scene["lines"]]).filter(Array.isArray).flat() as unknown[];
  return new Set(items.flatMap((one) => (isValues(one) && typeof one["id"] === "string" ? [one["id"]] : [])));
}
