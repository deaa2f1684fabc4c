/** What the gateway would refuse, said at its place before it is sent. The gateway still has the last word. */
import { t } from "@/i18n/words";

import { area, crossesItself, LEAST_AREA } from "./geometry";
import { isValues, pointsOf, resolved, type Path, type Schema, type Section } from "./schema";
import { keyOf, LEAST_POINTS, shapesOf } from "./shapes";

export interface Problem {
  readonly key: string;
  readonly path: Path;
  readonly words: string;
}

function problem(path: Path, words: string): Problem {
  return { key: keyOf(path), path, words };
}

/** All that is wrong in these sections, in their order. */
export function problemsOf(sections: readonly Section[]): Problem[] {
  return [...sections.flatMap((one) => [...inSection(one), ...check(one.schema, one.schema, one.value, one.path)]), ...doubles(sections)];
}

function inSection(section: Section): Problem[] {
  if (section.path[0] !== "calibration") {
    return shapesOf(section).some(({ role }) => role === "zone" || role === "line") ? [] : [problem(section.path, t("zones.wrong.nothing"))];
  }
  const { points, length, height, field_of_view: view } = section.value;
  const known = Array.isArray(points) ? points.length : 0;
  const has = (value: unknown): boolean => value !== undefined && value !== null;
  if (known > 0 === has(length)) {
    return [problem(section.path, t("zones.wrong.oneWay"))];
  }
  if (has(length) && !(has(height) && has(view))) {
    return [problem(section.path, t("zones.wrong.lengthAlone"))];
  }
  return known > 0 && known < 4 ? [problem([...section.path, "points"], t("zones.wrong.fourPoints", { n: known }))] : [];
}

function check(schema: Schema, root: Schema, value: unknown, path: Path): Problem[] {
  const own = resolved(schema, root);
  if (value === undefined || value === null) {
    return [];
  }
  if (own.shape !== undefined) {
    return drawn(own, value).map((words) => problem(path, words));
  }
  const faults = [...number(own, value), ...text(own, value)].map((words) => problem(path, words));
  if (Array.isArray(value)) {
    const parts = own.prefixItems ?? value.map(() => own.items ?? {});
    return [...faults, ...value.flatMap((one, place) => check(parts[place] ?? {}, root, one, [...path, place]))];
  }
  if (!isValues(value)) {
    return faults;
  }
  const missing = (own.required ?? []).filter((key) => key !== "scene" && !isList(own.properties?.[key], root) && empty(value[key]));
  const inner = Object.entries(own.properties ?? {}).flatMap(([key, part]) => check(part, root, value[key], [...path, key]));
  return [...faults, ...missing.map((key) => problem([...path, key], t("zones.wrong.missing"))), ...inner];
}

function empty(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** A list that must not be empty is said once, of the whole scene. */
function isList(schema: Schema | undefined, root: Schema): boolean {
  return schema !== undefined && resolved(schema, root).items !== undefined && resolved(schema, root).shape === undefined;
}

function drawn({ shape = "point" }: Schema, value: unknown): string[] {
  const points = pointsOf(shape, value);
  if (points.some((point) => point.some((one) => one < 0 || one > 1))) {
    return [t("zones.wrong.outside")];
  }
  if (points.length < LEAST_POINTS[shape]) {
    return [t("zones.wrong.fewPoints", { n: LEAST_POINTS[shape] })];
  }
  if (shape === "line") {
    return String(points[0]) === String(points[1]) ? [t("zones.wrong.noLength")] : [];
  }
  if (shape !== "polygon") {
    return [];
  }
  return crossesItself(points) ? [t("zones.wrong.crosses")] : area(points) < LEAST_AREA ? [t("zones.wrong.small")] : [];
}

function number({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema, value: unknown): string[] {
  if (type !== "number" && type !== "integer") {
    return [];
  }
  if (typeof value !== "number" || Number.isNaN(value) || (type === "integer" && !Number.isInteger(value))) {
    return [t(type === "integer" ? "zones.wrong.integer" : "zones.wrong.number")];
  }
  const bounds = [
    [minimum !== undefined && value < minimum, "zones.wrong.least", minimum],
    [exclusiveMinimum !== undefined && value <= exclusiveMinimum, "zones.wrong.above", exclusiveMinimum],
    [maximum !== undefined && value > maximum, "zones.wrong.most", maximum],
    [exclusiveMaximum !== undefined && value >= exclusiveMaximum, "zones.wrong.below", exclusiveMaximum],
  ] as const;
  return bounds.flatMap(([wrong, words, n]) => (wrong ? [t(words, { n: n ?? 0 })] : []));
}

function text({ pattern }: Schema, value: unknown): string[] {
  return pattern !== undefined && typeof value === "string" && value !== "" && !new RegExp(pattern, "u").test(value) ? [t("zones.wrong.id")] : [];
}

/** Zones and lines of one scene, wherever they stand, are told apart by their identifiers. */
function doubles(sections: readonly Section[]): Problem[] {
  const seen = new Set<string>();
  const found: Problem[] = [];
  for (const section of sections) {
    for (const list of ["zones", "lines"]) {
      const items = section.value[list];
      for (const [place, one] of (Array.isArray(items) ? (items as unknown[]) : []).entries()) {
        const id = isValues(one) ? one["id"] : undefined;
        const word = `${String(section.value["scene"])}/${String(id)}`;
        if (typeof id === "string" && seen.has(word)) {
          found.push(problem([...section.path, list, place, "id"], t("zones.wrong.twice", { id })));
        }
        seen.add(word);
      }
    }
  }
  return found;
}
