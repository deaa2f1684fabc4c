/** The one door to the hub: typed calls, one error class, the hub's clock, and what to do when a session ends. */
import createClient, { type Middleware } from "openapi-fetch";

import { setHubClock } from "@/format/clock";

import { BASE } from "./base";
import type { components, paths } from "./schema";

/** One thing that is wrong in a request: the field's path, a stable word, and the figures that belong to it. */
export interface Fault {
  field: string;
  code: string;
  values: Readonly<Record<string, unknown>>;
}

type About = Partial<Pick<components["schemas"]["ErrorView"], "city_faults" | "file_faults" | "hangs_on">>;

/** What the hub answered when it refused, or why it could not be reached (`code` is then `no_connection`). */
export class HubError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Where the hub itself failed: the number that its log names too. */
    readonly instance: string | null = null,
    readonly faults: readonly Fault[] = [],
    /** Where somebody else was quicker: what holds now, by field. */
    readonly now: Readonly<Record<string, unknown>> = {},
    /** What the refusal is about, piece by piece: what is wrong in a city pack or a file, and what hangs on an area or unit. */
    readonly about: About = {},
  ) {
    super(message);
    this.name = "HubError";
  }
}

let whenSignedOut: () => void = () => undefined;

/** Name what happens when the hub says that nobody is signed in (any more). */
export function onSignedOut(listener: () => void): void {
  whenSignedOut = listener;
}

let whenSecondFactorNeeded: () => void = () => undefined;

/** Name what happens when the hub lets somebody do nothing before they have a second factor. */
export function onSecondFactorNeeded(listener: () => void): void {
  whenSecondFactorNeeded = listener;
}

/** Tell the rest of the page that the session is gone. */
export function signedOut(): void {
  whenSignedOut();
}

const around: Middleware = {
  onRequest({ request }) {
    request.headers.set("X-Requested-With", "sharp-eyes");
    return request;
  },
  onResponse({ response }) {
    setHubClock(response.headers.get("Date"));
  },
  onError() {
    return new HubError(0, "no_connection", "");
  },
};

export const hub = createClient<paths>({ baseUrl: location.origin + BASE.replace(/\/$/, "") });
hub.use(around);

/** Read the hub's error body; anything else becomes a HubError that names the status. */
export function toHubError(status: number, body: unknown): HubError {
  if (typeof body === "object" && body !== null && "error" in body) {
    const { error } = body;
    const instance = "instance" in body && typeof body.instance === "string" ? body.instance : null;
    if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
      const { faults = [], now = {}, ...more } = body as { faults?: Fault[]; now?: Record<string, unknown> } & About;
      const about = { city_faults: more.city_faults ?? null, hangs_on: more.hangs_on ?? null, file_faults: more.file_faults ?? null };
      return new HubError(status, String(error.code), String(error.message), instance, faults, now, about);
    }
  }
  return new HubError(status, "unexpected", `HTTP ${status}`);
}

/** Refusals of a sign-in: nobody was signed in before. */
const AT_THE_DOOR = new Set(["wrong_password", "code_needed", "wrong_code"]);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Give the data of an answer. Throws HubError; a 401 outside sign-in also tells `onSignedOut`. */
export async function take<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok) {
    return data as T;
  }
  const refused = toHubError(response.status, error);
  if (response.status === 401 && !AT_THE_DOOR.has(refused.code)) {
    signedOut();
  }
  if (refused.code === "second_factor_needed") {
    whenSecondFactorNeeded();
  }
  throw refused;
}
