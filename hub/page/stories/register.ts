/** The registers: premises, devices, households, sponsors, places. */
import CaseDevice from "@/register/CaseDevice.vue";
import ContactsShown from "@/register/ContactsShown.vue";
import DatumField from "@/register/DatumField.vue";
import DeviceForm from "@/register/DeviceForm.vue";
import DevicesPart from "@/register/DevicesPart.vue";
import HazardList from "@/register/HazardList.vue";
import HouseholdContacts from "@/register/HouseholdContacts.vue";
import HouseholdForm from "@/register/HouseholdForm.vue";
import HouseholdsPart from "@/register/HouseholdsPart.vue";
import PlaceForm from "@/register/PlaceForm.vue";
import PlacesFile from "@/register/PlacesFile.vue";
import PlacesPart from "@/register/PlacesPart.vue";
import PremisesFacts from "@/register/PremisesFacts.vue";
import PremisesForm from "@/register/PremisesForm.vue";
import PremisesImport from "@/register/PremisesImport.vue";
import PremisesPart from "@/register/PremisesPart.vue";
import SponsorForm from "@/register/SponsorForm.vue";
import SponsorsPart from "@/register/SponsorsPart.vue";
import { HubError } from "@/api/client";
import { followCity } from "@/live/city";

import { example, examples } from "./examples";
import { following } from "./follow";
import { ago, CITY, detail, LONG } from "./samples";
import { asked, press, story } from "./story";

const kinds = [{ id: "smoke", name: { zh: "独立式烟感", en: "Smoke alarm" } }];
const placeKinds = [example("PlaceKindView", { id: "hydrant", name: { zh: "消火栓", en: "Hydrant" } })];
const city = { "/api/city": { body: { ...CITY, premises_kinds: [{ id: "hotel", name: { zh: "宾馆", en: "Hotel" } }], place_kinds: placeKinds } } };
const within = { hub: city, follow: following(followCity) };
const device = example("DeviceView", { kind: "smoke", kind_name: { zh: "独立式烟感", en: "Smoke alarm" }, address: "柳桥路 12 号 101", place: "客厅", area: "demo/first-street/east", state: "alarm" });
const devices = [device, { ...device, id: 2, state: "low_battery" as const, address: LONG }, { ...device, id: 3, state: "ok" as const }];
const household = example("HouseholdView", { area: "demo/first-street/east", address: "柳桥路 12 号 101", note: LONG, lone_elder: true, devices: [device] });
const contacts = examples("HouseholdContactView", { name: "王大爷", phone: "13800000000", noted_at: ago(9000) }, { name: LONG, phone: "13900000000", noted_at: ago(9000) });
const premises = example("PremisesView", { kind: "hotel", kind_name: { zh: "宾馆", en: "Hotel" }, name: "柳桥宾馆", area: "demo/first-street/east", address: "柳桥路 8 号", active: true });
const open = example("PremisesDetail", { ...premises, has_contact: true });
const hazards = examples("HazardView", { number: "2026-000007", premises_name: LONG, area: "demo/first-street/east", since: ago(900_000), units: ["property"], leads: ["traffic-police"], due_at: ago(-9000), late_since: null, item: { zh: "每层安全出口不少于两个", en: "At least two exits on each floor" }, basis: { zh: "GB 55037-2022 第7.4.1条", en: "GB 55037-2022, 7.4.1" } });
const place = example("PlaceView", { kind: "hydrant", number: "XH-017", name: "东门消火栓", area: "demo/first-street/east", facts: {} });
const sponsor = example("SponsorView", { area: "demo/first-street/east", place: "", unit: "traffic-police", until: null });
const alarm = example("CaseDeviceView", { device, lone_elder: true, note: LONG, may_see_contacts: true });
const never = (): Promise<never> => new Promise(() => undefined);

export const register = {
  CaseDevice: story(CaseDevice, {
    known: { props: { item: { ...detail, source: "sensor" } }, hub: { "/device": { body: alarm } } },
    "on its way": { props: { item: detail }, hub: { "/device": "never" }, isEmpty: true },
    refused: { props: { item: detail }, hub: { "/device": { refused: "not_allowed", status: 403 } } },
    "taken out of the register": { props: { item: detail }, isEmpty: true },
  }),
  ContactsShown: story(ContactsShown, {
    "not asked for": { props: { load: never } },
    shown: { props: { load: () => Promise.resolve(contacts) }, then: press("button") },
    none: { props: { load: () => Promise.resolve([]) }, then: press("button") },
    refused: { props: { load: () => Promise.reject(new HubError(403, "not_allowed", "")) }, then: press("button") },
  }),
  DatumField: story(DatumField, { "must be chosen": { props: { label: "坐标系", modelValue: "" } }, chosen: { props: { label: "坐标系", none: "文件中已注明", modelValue: "gcj02" } } }),
  DeviceForm: story(DeviceForm, {
    add: { props: { device: null, kinds }, ...within, hub: { ...city, "/api/households": { body: [household] } } },
    change: { props: { device, kinds }, ...within, hub: { ...city, "/api/households": { body: [household] } } },
  }),
  DevicesPart: story(DevicesPart, asked({ props: {}, ...within }, "/api/devices", { items: devices, kinds }, { items: [], kinds })),
  HazardList: story(HazardList, {
    listed: { props: {}, ...within, hub: { ...city, "/api/listed-hazards": { body: [...hazards, ...hazards.map((one) => ({ ...one, case: 9, late_since: ago(60) }))] } } },
    refused: { props: {}, hub: { "/api/listed-hazards": { refused: "not_allowed", status: 403 } } },
    none: { props: {}, hub: { "/api/listed-hazards": { body: [] } } },
  }),
  HouseholdContacts: story(HouseholdContacts, asked({ props: { household } }, "/contacts", contacts, [])),
  HouseholdForm: story(HouseholdForm, { add: { props: { household: null }, ...within }, change: { props: { household }, ...within } }),
  HouseholdsPart: story(HouseholdsPart, asked({ props: {}, ...within }, "/api/households", [household, { ...household, id: 13, lone_elder: false, devices: [] }], [])),
  PlaceForm: story(PlaceForm, { add: { props: { place: null }, ...within }, change: { props: { place }, ...within } }),
  PlacesFile: story(PlacesFile, {
    "what it would do": { props: { text: "kind,number", form: "geojson" }, hub: { "/api/places/import": { body: example("PlaceFileView", { faults: [] }) } } },
    "with faults": { props: { text: "kind,number", form: "csv" }, hub: { "/api/places/import": { body: example("PlaceFileView") } } },
  }),
  PlacesPart: story(PlacesPart, asked({ props: {}, ...within }, "/api/places", { items: [place, { ...place, id: 13, name: LONG }], next: 41 }, { items: [], next: null })),
  PremisesFacts: story(PremisesFacts, asked({ props: { premises: 12 } }, "/api/premises/12", open)),
  PremisesForm: story(PremisesForm, { add: { props: { known: null }, ...within }, change: { props: { known: premises }, ...within } }),
  PremisesImport: story(PremisesImport, { form: { props: {} } }),
  PremisesPart: story(PremisesPart, asked({ props: {}, ...within }, "/api/premises", { items: [premises, { ...premises, id: 13, name: LONG, active: false }], next: 41 }, { items: [], next: null })),
  SponsorForm: story(SponsorForm, {
    add: { props: { one: null, end: false }, ...within },
    change: { props: { one: sponsor, end: false }, ...within },
    end: { props: { one: sponsor, end: true }, ...within },
  }),
  SponsorsPart: story(SponsorsPart, asked({ props: {}, ...within }, "/api/sponsors", [sponsor, { ...sponsor, id: 13, place: LONG }], [])),
};
