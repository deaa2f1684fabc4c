import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApp, h, nextTick, reactive } from "vue";

import CaseHeadline from "@/case/CaseHeadline.vue";
import { draftOf, dropAllDrafts, hideDraft, openDraft } from "@/live/drafts";

import { aDetail } from "./fixtures";

describe("what stands above a form", () => {
  let drawn = 70;
  let unmount = (): void => undefined;

  beforeEach(() => {
    dropAllDrafts();
    drawn = 70;
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockImplementation(() => drawn);
  });
  afterEach(() => {
    unmount();
    vi.restoreAllMocks();
  });

  function show(): { height: () => string; props: { item: ReturnType<typeof aDetail> } } {
    const props = reactive({ item: aDetail({}) });
    const holder = document.createElement("div");
    const app = createApp({ render: () => h(CaseHeadline, { item: props.item }) });
    app.mount(holder);
    unmount = () => {
      app.unmount();
    };
    return { height: () => holder.querySelector<HTMLElement>(".headline")?.style.height ?? "", props };
  }

  it("keeps its height until the form is gone, whatever comes of the case", async () => {
    const { height, props } = show();
    expect(height()).toBe("");
    const item = props.item;
    openDraft(item, { move: "reject", needs: ["reason"], either: [], reasons: [], turns: [], units: [], callers: [], note_for_unit: null });
    await nextTick();
    expect(height()).toBe("70px");
    drawn = 46;
    props.item = aDetail({ state: "handled", due_at: null });
    await nextTick();
    expect(height()).toBe("70px");
    window.dispatchEvent(new Event("resize"));
    await nextTick();
    await nextTick();
    expect(height()).toBe("46px");
    expect(draftOf(item.id)?.open).toBe(true);
    hideDraft(item.id);
    await nextTick();
    expect(height()).toBe("");
  });
});
