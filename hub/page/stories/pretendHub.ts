/**
 * Answers in the hub's place, so that a component shows a state by itself. Must be the first import of whatever shows a
 * story: the client takes `fetch` when it is made.
 */

/** What the hub says to a request: a body; a refusal; or nothing at all, for ever. */
export type Answer = { body: unknown } | { refused: string; status: number } | "never";

/** Answers by the path's end, such as `/account/acting` or `PUT /account/acting`, or by what is asked for, such as `?grade=major`; the first that fits holds. */
export type Answers = Readonly<Record<string, Answer>>;

const ME = { username: "lead", display_name: "值班长", role: "shift_lead", area: "demo", unit: null, language: "zh" };
/** What the page asks for by itself, whatever is shown. */
const QUIET: Answers = { "/api/session": { body: ME }, "/api/desks": { body: [] }, "/account/acting": { body: { acting: null, possible: [] } } };

let answers: readonly (readonly [string, Answer])[] = [];

/** From now on the hub answers so. What is not named is a stream that is open and silent, or not found. */
export function pretend(next: Answers): void {
  answers = [...Object.entries(next), ...Object.entries(QUIET)];
}

const NEVER = new Promise<Response>(() => undefined);

function answerOf(method: string, { pathname: path, search }: URL): Promise<Response> {
  const [, answer] = answers.find(([end]) => path.endsWith(end) || (end.startsWith(`${method} `) && path.endsWith(end.slice(method.length + 1))) || (end.startsWith("?") && search.includes(end.slice(1)))) ?? [];
  if (answer === "never") {
    return NEVER;
  }
  if (answer !== undefined && "body" in answer) {
    return Promise.resolve(Response.json(answer.body));
  }
  if (path.endsWith("/api/stream")) {
    return Promise.resolve(new Response(new ReadableStream(), { headers: { "Content-Type": "text/event-stream" } }));
  }
  const { refused, status } = answer ?? { refused: "not_found", status: 404 };
  return Promise.resolve(Response.json({ error: { code: refused, message: refused } }, { status }));
}

globalThis.fetch = (asked) => (asked instanceof Request ? answerOf(asked.method, new URL(asked.url)) : answerOf("GET", new URL(asked, location.origin)));
