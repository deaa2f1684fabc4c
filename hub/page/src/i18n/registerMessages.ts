/** The part of the one table (`messages.ts`) for the registers: premises, devices, households, sponsors, places. */
export const registerMessages = {
  "register.title": ["台账", "Registers"],
  "register.premises": ["场所", "Premises"],
  "register.devices": ["设备", "Devices"],
  "register.households": ["住户", "Households"],
  "register.sponsors": ["包保单位", "Sponsors"],
  "register.places": ["地点与设施", "Places and things"],
} as const;
