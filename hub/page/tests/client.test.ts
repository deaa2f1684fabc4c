import { describe, expect, it, vi } from "vitest";

import { HubError, hub, onSignedOut, take, toHubError } from "@/api/client";
import { baseOf, hubPath } from "@/api/base";
import { errorWords } from "@/i18n/errors";
import { safeReturn } from "@/router";

describe("what the hub refuses", () => {
  it("keeps the hub's code and message", () => {
    const error = toHubError(409, { error: { code: "illegal_move", message: "a case that is closed" } });
    expect([error.status, error.code, error.message]).toEqual([409, "illegal_move", "a case that is closed"]);
  });

  it("keeps the number under which the hub's log tells more", () => {
    const body = { instance: "urn:uuid:1", error: { code: "internal", message: "" } };
    expect(toHubError(500, body).instance).toBe("urn:uuid:1");
    expect(errorWords(toHubError(500, body))).toContain("1");
  });

  it("names the status where there is no such body", () => {
    expect(toHubError(502, "<html>").message).toBe("HTTP 502");
  });

  it("tells the page when the session has ended", async () => {
    const told = vi.fn();
    onSignedOut(told);
    const refused = { error: { code: "session_expired", message: "" } };
    const answer = { error: refused, response: new Response(null, { status: 401 }) };
    await expect(take(Promise.resolve(answer))).rejects.toBeInstanceOf(HubError);
    expect(told).toHaveBeenCalledOnce();
  });

  it("says that there is no connection", async () => {
    const call = hub.GET("/api/cameras", { fetch: () => Promise.reject(new TypeError("failed")) });
    await expect(take(call)).rejects.toMatchObject({ code: "no_connection" });
  });

  it("sends the header that proves the page's own doing", async () => {
    const seen: Request[] = [];
    const fetch = (request: Request): Promise<Response> => {
      seen.push(request);
      return Promise.resolve(Response.json([]));
    };
    await take(hub.GET("/api/units", { fetch }));
    expect(seen[0]?.headers.get("X-Requested-With")).toBe("sharp-eyes");
  });
});

describe("a hub under a path of its own", () => {
  it("is asked below that path", () => {
    expect(baseOf("https://city.example/eyes/")).toBe("/eyes/");
    expect(baseOf("https://city.example/")).toBe("/");
    expect(baseOf("about:blank")).toBe("/");
    expect(hubPath("/api/evidence/1", "/eyes/")).toBe("/eyes/api/evidence/1");
    expect(hubPath("/api/evidence/1", "/")).toBe("/api/evidence/1");
  });
});

describe("going back after sign-in", () => {
  it("stays inside the page", () => {
    expect(safeReturn("/cases/3?x=1")).toBe("/cases/3?x=1");
    expect(safeReturn("//elsewhere")).toBe("/");
    expect(safeReturn("/\\elsewhere")).toBe("/");
    expect(safeReturn("https://elsewhere")).toBe("/");
    expect(safeReturn("/sign-in")).toBe("/");
    expect(safeReturn(null)).toBe("/");
  });
});
