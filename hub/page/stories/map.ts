/** The map and what stands beside it. */
import AroundHere from "@/map/AroundHere.vue";
import GroundCounts from "@/map/GroundCounts.vue";
import MapBatch from "@/map/MapBatch.vue";
import MapBox from "@/map/MapBox.vue";
import MapFilters from "@/map/MapFilters.vue";
import MapLayers from "@/map/MapLayers.vue";
import MapList from "@/map/MapList.vue";
import MapPlacing from "@/map/MapPlacing.vue";
import MapSide from "@/map/MapSide.vue";
import MapStage from "@/map/MapStage.vue";
import MapTools from "@/map/MapTools.vue";
import ThingCard from "@/map/ThingCard.vue";
import { LAYERS, SOURCES } from "@/map/layers";
import type { Drawn } from "@/map/style";
import type { MapCase, Thing } from "@/api/types";
import { followCity } from "@/live/city";

import { example } from "./examples";
import { following } from "./follow";
import { ago, camera, CITY, LONG, move } from "./samples";
import { asked, press, story } from "./story";

const city = { "/api/city": { body: CITY } };
const within = { hub: city, follow: following(followCity) };
const view = example("MapView", { tiles: null });
const first = example("MapCaseView", { id: 7, number: "2026-000007", source: "camera", scene: "illegal_parking", kind: null, state: "filed", ...{ gateway: "gate-1", camera: "east-gate" }, area: "demo/first-street/east", unit: null } as never);
const cases: MapCase[] = [first, { ...first, id: 8, number: "2026-000008", grade: "major", due_at: ago(900) }];
const filed = { "/api/cases/moves": { body: [{ ...move("dispatch"), count: 2 }] } };
const thing = example("ThingFeature", { id: "places/1", geometry: { type: "Point", coordinates: [120.519, 29.608] } as never, properties: { ...example("AnalysisView").units[0]?.properties, layer: "premises", kind: "hotel", name: "柳桥宾馆", area: "demo/first-street/east" } as never }) as Thing;
const things = { type: "FeatureCollection", datum: "wgs84", features: [thing, { ...thing, id: "places/2", properties: { ...thing.properties, name: LONG } }] };
const here = { at: [120.519, 29.608] as const, datum: "wgs84" } as const;
const drawn = Object.fromEntries(SOURCES.map((source) => [source, { type: "FeatureCollection", features: [] }])) as unknown as Drawn;
const all = { kind: "view", ids: new Set([7, 8]) } as const;
const side = { chosen: null, camera: null, selection: null, cases, cameras: [camera], unplaced: 3, places: new Map(), datum: "wgs84", ground: "wgs84", at: null, isPlaced: true, placing: null } as const;

export const map = {
  AroundHere: story(AroundHere, asked({ props: here, ...within }, "/api/one-map/around", things, { ...things, features: [] })),
  GroundCounts: story(GroundCounts, {
    counts: { props: { area: "demo", datum: "wgs84" }, ...within, hub: { ...city, "/api/one-map/analyse": { body: example("AnalysisView") } } },
    "on its way": { props: { area: "demo", datum: "wgs84" }, isEmpty: true },
  }),
  MapBatch: story(MapBatch, {
    "may be sent": { props: { cases }, ...within, hub: { ...city, ...filed } },
    "one was sent": { props: { cases: [first] }, ...within, hub: { ...city, "/api/cases/moves": { body: [{ ...move("dispatch"), count: 1 }] } } },
    "not for this role": { props: { cases }, isEmpty: true },
  }),
  MapBox: story(MapBox, { "nothing drawn": { props: {} } }),
  MapFilters: story(MapFilters, { all: { props: { areas: view.areas, area: "", grade: "" } }, narrowed: { props: { areas: view.areas, area: "demo/first-street/east", grade: "major" } } }),
  MapLayers: story(MapLayers, { all: { props: { modelValue: new Set(LAYERS), days: 28 } }, few: { props: { modelValue: new Set(["cases"] as const), days: 7 } } }),
  MapList: story(MapList, {
    cases: { props: { cases, cameras: [camera], unplacedCameras: [], cameraNames: new Map([["gate-1/east-gate", LONG]]) }, ...within },
    none: { props: { cases: [], cameras: [], unplacedCameras: [], cameraNames: new Map() } },
    many: { props: { cases: Array.from({ length: 60 }, (_, id) => ({ ...first, id })), cameras: [], unplacedCameras: [camera], cameraNames: new Map() }, ...within },
    cameras: { props: { cases, cameras: [camera, { ...camera, camera: "west", state: "lost" }], unplacedCameras: [camera], cameraNames: new Map() }, ...within, then: press("[role=tab]:last-child, button:last-of-type") },
  }),
  MapPlacing: story(MapPlacing, { "not begun": { props: { camera, datum: "wgs84", at: null } }, placed: { props: { camera, datum: "gcj02", at: [120.519, 29.608] } } }),
  MapSide: story(MapSide, {
    "in view": { props: side, ...within },
    picked: { props: { ...side, selection: all }, ...within, hub: { ...city, ...filed } },
    "a camera": { props: { ...side, chosen: { kind: "camera", key: "gate-1/east-gate" }, camera, at: [120.519, 29.608] }, ...within },
    "nothing has a place": { props: { ...side, cases: [], cameras: [], isPlaced: false }, ...within },
  }),
  MapStage: story(MapStage, { empty: { props: { drawn, shown: new Set(LAYERS), first: [120.5, 29.6, 120.6, 29.7], whole: [120.5, 29.6, 120.6, 29.7], chosenArea: "", tilesUrl: null, attribution: "", placing: null }, needsBrowser: true } }),
  MapTools: story(MapTools, { still: { props: { boxing: false } }, "a box is drawn": { props: { boxing: true } } }),
  ThingCard: story(ThingCard, { premises: { props: { thing, datum: "wgs84" }, ...within, hub: { ...city, "/api/one-map/around": { body: things } } } }),
};
