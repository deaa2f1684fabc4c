/** All stories, by their component's name. */
import "./pretendHub";

import { account } from "./account";
import { adminMachines } from "./adminMachines";
import { adminPeople } from "./adminPeople";
import { adminPlaces } from "./adminPlaces";
import { cases } from "./cases";
import { desk } from "./desk";
import { leader } from "./leader";
import { map } from "./map";
import { marks } from "./marks";
import { models } from "./models";
import { month } from "./month";
import { moves } from "./moves";
import { outside, papers } from "./outside";
import { page } from "./page";
import { phone } from "./phone";
import { register } from "./register";
import type { Story } from "./story";
import { zones } from "./zones";

type Stories = Readonly<Record<string, Story>>;

export const groups: Readonly<Record<string, Stories>> = {
  ...{ marks, cases, moves, desk, page, map, zones, phone, outside, papers, register },
  ...{ account, leader, month, "admin: people": adminPeople, "admin: places": adminPlaces, "admin: machines": adminMachines, "admin: models": models },
};
export const stories: Stories = Object.assign({}, ...Object.values(groups)) as Stories;
