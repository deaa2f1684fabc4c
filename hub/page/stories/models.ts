/** Administration: the models that gateways run. */
import ModelsPart from "@/admin/ModelsPart.vue";
import ModelUses from "@/admin/ModelUses.vue";
import type { ModelUse, RunningModel } from "@/admin/models";
import { followCameras } from "@/live/cameras";
import { followCity } from "@/live/city";

import { example } from "./examples";
import { following } from "./follow";
import { CITY, gateway } from "./samples";
import { story } from "./story";

const model: RunningModel = example("RunningModelView", { name: "street", version: "3", fault: "", scenes: ["smoke"] });
const parity = example("ModelParityView", { agrees: true });
const measured = { ...model, parity };
const differs = { ...model, version: "2", parity: { ...parity, agrees: false, share: 0.4 }, fault: "the file is damaged" };
const untold: RunningModel = { name: "street", version: "1", computed_by: "onnxruntime", checked: false, fault: "" };
const use = (one: RunningModel, own: Partial<ModelUse> = {}): ModelUse => ({ gateway, model: one, otherFile: false, ...own });
const seenBy = (...models: (readonly RunningModel[] | null)[]): object => ({
  hub: {
    "/api/city": { body: CITY },
    "/api/cameras": { body: [] },
    "/api/gateways": { body: models.map((some, at) => ({ ...gateway, gateway: `gate-${String(at + 1)}`, models: some })) },
  },
  follow: following(followCity, followCameras),
});

export const models = {
  ModelsPart: story(ModelsPart, {
    loading: { props: {} },
    "one, measured": { props: {}, ...seenBy([measured]) },
    "several versions, and a gateway that tells nothing": { props: {}, ...seenBy([measured], [differs], [untold], null) },
    none: { props: {}, ...seenBy([]) },
  }),
  ModelUses: story(ModelUses, {
    "agrees and differs": { props: { uses: [use(measured), use(differs, { otherFile: true })] } },
    "never measured": { props: { uses: [use({ ...model, parity: null })] } },
    "not told": { props: { uses: [use(untold, { gateway: { ...gateway, online: false } })] } },
  }),
};
