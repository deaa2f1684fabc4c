import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { gatewayWords } from "@/i18n/gatewaySaid";
import { named, setLocale } from "@/i18n/words";

describe("what gateways say", () => {
  it("is in the reader's language, sentence by sentence, and what is not known stays", () => {
    setLocale("zh");
    expect(gatewayWords("car stands there")).toBe("那里停着轿车");
    expect(gatewayWords("the camera has moved; the reference is learnt anew")).toBe("摄像机被移动，正在重新学习参考画面");
    expect(gatewayWords("rtsp://cam/1 does not answer (nothing came within 5 s); check address and network; next try in 2.0 s")).toBe(
      "rtsp://cam/1 没有应答（5 秒内没有数据）；请检查地址和网络；2.0 秒后重试",
    );
    expect(gatewayWords("seen in 1 of 3 looks")).toBe("3 次观察中 1 次看到");
    expect(gatewayWords("too dark; a word of tomorrow")).toBe("光线太暗；a word of tomorrow");
    expect(gatewayWords("camera street, scenes.0 (smoke): the model does not know unicorn; it knows person, car")).toBe(
      "摄像机 street scenes.0（smoke）：模型不认识 unicorn；它认识 人、轿车",
    );
    expect(gatewayWords("camera street, scenes.0 (smoke):\n  zones.1 (kerb).polygon: the polygon has no area")).toBe(
      "摄像机 street scenes.0（smoke）：\n  zones.1 (kerb).polygon：多边形没有面积",
    );
    setLocale("en");
    expect(gatewayWords("too dark")).toBe("too dark");
    setLocale("zh");
  });

  it.each(["ebike", "ground", "hazard", "street"])("knows in Chinese whatever the model %s tells apart", (model) => {
    setLocale("zh");
    const list = /^classes:\n((?:- \w+\n)+)/m.exec(readFileSync(`../../models/${model}/manifest.yaml`, "utf-8"))?.[1] ?? "";
    const classes = [...list.matchAll(/^- (\w+)$/gm)].map(([, name]) => name ?? "");
    expect(classes.length).toBeGreaterThan(0);
    expect(classes.filter((name) => named("object", name) === name)).toEqual([]);
  });
});
