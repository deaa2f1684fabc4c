import nacl from "tweetnacl";
import { describe, expect, it } from "vitest";

import { identifierFor, placeOf, seal } from "@/admin/cameraSetup";

const bytes = (text: string): Uint8Array => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

describe("a camera's login", () => {
  it("is opened by the gateway's key alone, and says for which camera it is", async () => {
    const gateway = nacl.box.keyPair();
    const key = btoa(String.fromCharCode(...gateway.publicKey));
    const login = { camera: "gate-1", address: "http://10.0.0.7/onvif", username: "viewer", password: "pä#s/@%41 密码" };
    const sealed = await seal(key, login);
    const opened = nacl.box.open(bytes(sealed.box), bytes(sealed.nonce), bytes(sealed.sender), gateway.secretKey);
    expect(JSON.parse(new TextDecoder().decode(opened ?? undefined))).toEqual(login);
    expect(nacl.box.open(bytes(sealed.box), bytes(sealed.nonce), bytes(sealed.sender), nacl.box.keyPair().secretKey)).toBeNull();
    expect((await seal(key, login)).box).not.toBe(sealed.box);
  });

  it("leaves of its address scheme, host and port in the open", () => {
    expect(placeOf("rtsp://10.0.0.7:554/user=a&password=b")).toBe("rtsp://10.0.0.7:554");
    expect(placeOf("10.0.0.7:8000")).toBe("http://10.0.0.7:8000");
    expect(placeOf("http://[fd00::7]/onvif")).toBe("http://[fd00::7]");
    expect(placeOf("rtsp://u:p@10.0.0.7/x")).toBe("");
    expect(placeOf("ftp://10.0.0.7")).toBe("");
    expect(placeOf("two words")).toBe("");
  });
});

describe("a camera's identifier", () => {
  it("is made from its name and is nobody else's", () => {
    expect(identifierFor("IPC East_Gate", [])).toBe("ipc-east-gate");
    expect(identifierFor("Gate", ["gate", "gate-2"])).toBe("gate-3");
    expect(identifierFor("东门", ["camera-1"])).toBe("camera-2");
  });
});
