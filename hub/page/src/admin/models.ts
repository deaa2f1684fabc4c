/** The models that gateways run: one entry a name and version, with all that run it. Pure. */
import type { GatewayView } from "@/api/types";

export type RunningModel = NonNullable<GatewayView["models"]>[number];

export interface ModelUse {
  readonly gateway: GatewayView;
  readonly model: RunningModel;
  /** Another file than most have under this name, version and precision. */
  readonly otherFile: boolean;
}

export interface ModelEntry {
  readonly name: string;
  readonly version: string;
  readonly newest: string;
  readonly kind: string | null;
  readonly licence: string | null;
  readonly scenes: readonly string[];
  readonly uses: readonly ModelUse[];
}

/** What is known of whether a model sees what it is to see; an older gateway tells nothing of it. */
export type Verdict = "agrees" | "differs" | "never" | "untold";

export function verdictOf({ sha256, parity }: RunningModel): Verdict {
  if (parity != null) {
    return parity.agrees ? "agrees" : "differs";
  }
  return sha256 == null ? "untold" : "never";
}

/** By name, the newest version first. */
export function modelsOf(gateways: readonly GatewayView[]): ModelEntry[] {
  const all = gateways.flatMap((gateway) => (gateway.models ?? []).map((model) => ({ gateway, model })));
  const groups = new Map<string, Use[]>();
  const newest = new Map<string, string>();
  for (const use of all) {
    const { model } = use;
    const key = `${model.name} ${model.version}`;
    groups.set(key, [...(groups.get(key) ?? []), use]);
    const before = newest.get(model.name);
    newest.set(model.name, before === undefined || byVersion(model.version, before) > 0 ? model.version : before);
  }
  return [...groups.values()]
    .map((uses) => entryOf(uses, newest))
    .sort((one, other) => one.name.localeCompare(other.name) || byVersion(other.version, one.version));
}

/** Gateways that have been heard and say nothing of models. */
export function silentAbout(gateways: readonly GatewayView[]): GatewayView[] {
  return gateways.filter(({ models }) => models === null);
}

type Use = Omit<ModelUse, "otherFile">;

function entryOf(uses: readonly Use[], newest: ReadonlyMap<string, string>): ModelEntry {
  const [{ model }] = uses as [Use];
  const usual = usualFiles(uses);
  const first = (key: "kind" | "licence"): string | null => uses.map((use) => use.model[key] ?? null).find((value) => value !== null) ?? null;
  return {
    name: model.name,
    version: model.version,
    newest: newest.get(model.name) ?? model.version,
    kind: first("kind"),
    licence: first("licence"),
    scenes: [...new Set(uses.flatMap((use) => use.model.scenes ?? []))].sort(),
    uses: uses.map((use) => ({ ...use, otherFile: use.model.sha256 != null && usual.get(use.model.precision ?? "") !== use.model.sha256 })),
  };
}

/** The file that most have, by precision. */
function usualFiles(uses: readonly Use[]): Map<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { model } of uses) {
    if (model.sha256 != null) {
      const files = counts.get(model.precision ?? "") ?? new Map<string, number>();
      counts.set(model.precision ?? "", files.set(model.sha256, (files.get(model.sha256) ?? 0) + 1));
    }
  }
  return new Map([...counts].map(([precision, files]) => [precision, [...files].reduce((most, one) => (one[1] > most[1] ? one : most))[0]]));
}

function byVersion(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
