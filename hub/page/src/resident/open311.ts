/** The hub over Open311, as somebody without an account uses it. */
import { hub, HubError, take } from "@/api/client";
import type { Ground, PublicRequest, Service, TakenRequest } from "@/api/types";
import type { MessageKey } from "@/i18n/messages";
import { currentLocale } from "@/i18n/words";

export interface Fields {
  service_code: string;
  description: string;
  address_string: string;
  first_name: string;
  phone: string;
  lat: number | null;
  long: number | null;
}

const form = "json" as const;

function spoken(): { "accept-language": string } {
  return { "accept-language": currentLocale.value };
}

export function listServices(): Promise<Service[]> {
  return rows<Service>(hub.GET("/open311/v2/services.{form}", { params: { path: { form }, header: spoken() } }));
}

export function loadGround(): Promise<Ground> {
  return take(hub.GET("/open311/v2/ground.json"));
}

/** The rows of an answer: it is JSON, for that was asked for. */
async function rows<T>(answer: Promise<{ data?: unknown; error?: unknown; response: Response }>): Promise<T[]> {
  return (await take(answer)) as T[];
}

function first<T>([row]: T[]): T {
  if (row === undefined) {
    throw new HubError(404, "not_found", "");
  }
  return row;
}

/** How a request stands. Throws HubError. */
export async function findRequest(number: string): Promise<PublicRequest> {
  return first(await rows<PublicRequest>(hub.GET("/open311/v2/requests/{number}.{form}", { params: { path: { number, form }, header: spoken() } })));
}

/** Whether whoever holds a token may still rate. */
export async function mayRate(token: string): Promise<boolean> {
  return first(await rows<{ may_rate: boolean }>(hub.GET("/open311/v2/tokens/{token}.{form}", { params: { path: { token, form } } }))).may_rate;
}

/** Send a request; again with the same key it is the same one. */
export async function sendRequest(key: string, fields: Fields, photo: File | null): Promise<TakenRequest> {
  const answer = hub.POST("/open311/v2/requests.{form}", {
    params: { path: { form }, header: { ...spoken(), "idempotency-key": key } },
    // the generated type of a file part is a string; the form carries the file itself
    body: { ...fields, last_name: "", email: "", media_url: "", api_key: "" },
    bodySerializer: () => multipart({ ...fields }, photo),
  });
  return first(await rows<TakenRequest>(answer));
}

export async function sendRating(token: string, stars: number, words: string): Promise<void> {
  await take(
    hub.POST("/open311/v2/tokens/{token}/rating.{form}", {
      params: { path: { token, form }, header: spoken() },
      body: { stars, words },
      bodySerializer: () => multipart({ stars, words }, null),
    }),
  );
}

function multipart(fields: Readonly<Record<string, string | number | null>>, photo: File | null): FormData {
  const made = new FormData();
  Object.entries(fields).forEach(([name, value]) => {
    if (value !== null) {
      made.append(name, String(value));
    }
  });
  if (photo !== null) {
    made.append("media", photo, "photo.jpg");
  }
  return made;
}

/** Which words say why something was refused; what is no refusal of the hub's is thrown again. `notFound`: those for a 404. */
export function refusalKey(error: unknown, notFound: "off" | "unknown"): MessageKey {
  if (!(error instanceof HubError)) {
    throw error;
  }
  switch (error.status) {
    case 0:
      return "error.no_connection";
    case 404:
      return `resident.refused.${notFound}`;
    case 413:
      return "resident.refused.photo";
    case 429:
      return "resident.refused.many";
    default:
      return error.status >= 500 ? "error.unavailable" : "resident.refused.wrong";
  }
}
