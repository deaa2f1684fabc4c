/** All stories, by their component's name. */
import "./pretendHub";

import { account } from "./account";
import { adminMachines } from "./adminMachines";
import { adminPeople } from "./adminPeople";
import { adminPlaces } from "./adminPlaces";
import { cases } from "./cases";
import { leader } from "./leader";
import { marks } from "./marks";
import { moves } from "./moves";
import { page } from "./page";
import type { Story } from "./story";

export const groups: Readonly<Record<string, Readonly<Record<string, Story>>>> = { marks, cases, moves, page, account, leader, adminPeople, adminPlaces, adminMachines };
export const stories: Readonly<Record<string, Story>> = Object.assign({}, ...Object.values(groups)) as Record<string, Story>;
