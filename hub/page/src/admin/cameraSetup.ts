/** Finding, adding and removing a camera at its gateway: the question, the wait for its answer, and the sealed login. */
import { hub, take } from "@/api/client";
import type { components } from "@/api/schema";

export type SetupReport = components["schemas"]["SetupReport"];
export type SealedLogin = components["schemas"]["SealedLogin"];
type SetupView = components["schemas"]["CameraSetupView"];

const EVERY_MS = 700;
/** A camera is watched for some seconds, and one that does not answer is waited for. */
const PATIENCE_MS = 90_000;

export interface CameraLogin {
  camera: string;
  address: string;
  username: string;
  password: string;
}

/** Seal a login so that nobody but the gateway of this key can open it (X25519, XSalsa20, Poly1305). */
export async function seal(key: string, login: CameraLogin): Promise<SealedLogin> {
  const { default: nacl } = await import("tweetnacl");
  const sender = nacl.box.keyPair();
  const nonce = nacl.randomBytes(nacl.box.nonceLength);
  const box = nacl.box(new TextEncoder().encode(JSON.stringify(login)), nonce, fromBase64(key), sender.secretKey);
  return { key, sender: toBase64(sender.publicKey), nonce: toBase64(nonce), box: toBase64(box) };
}

/** Scheme, host and port of an address: the path may hold a password and is sealed. Empty where it is no address. */
export function placeOf(address: string): string {
  const whole = address.includes("://") ? address : `http://${address}`;
  return /^(rtsps?|https?):\/\/[^/?#@\s]+(?=$|[/?#])/.exec(whole)?.[0] ?? "";
}

/** An identifier for a camera by what it calls itself, that no other camera of the gateway has. */
export function identifierFor(name: string, taken: readonly string[]): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40) || "camera";
  let number = 1;
  const at = (): string => (number === 1 && plain !== "camera" ? plain : `${plain}-${number}`);
  while (taken.includes(at())) {
    number += 1;
  }
  return at();
}

/** Ask, and wait for the gateway's answer; null where none came, or `gone` says that nobody waits any more. */
export async function answerOf(gateway: string, asked: SetupView, gone: () => boolean): Promise<SetupReport | null> {
  const path = { gateway, request_id: asked.request_id };
  const end = Date.now() + PATIENCE_MS;
  while (!gone() && Date.now() < end) {
    await new Promise((done) => setTimeout(done, EVERY_MS));
    const view = await take(hub.GET("/api/gateways/{gateway}/camera-setups/{request_id}", { params: { path } }));
    if (view.report) {
      return view.report;
    }
  }
  return null;
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
