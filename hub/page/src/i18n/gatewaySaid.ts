/**
 * What gateways say of a camera or of a look: English sentences of their program, here in Chinese. A sentence that is not
 * in the table (of a later gateway, or of a library below it) stays as it was said.
 */
import { sceneName } from "@/live/city";

import { REFUSED } from "./settingsSaid";
import { currentLocale, named } from "./words";

const SAID: readonly (readonly [RegExp, string])[] = [
  [/^outside its hours$/, "不在布控时段内"],
  [/^no picture of the ground$/, "没有可用的地面画面"],
  [/^too dark$/, "光线太暗"],
  [/^infrared picture without colours$/, "红外画面，没有颜色"],
  [/^colours unlike the reference's$/, "颜色与参考画面不符"],
  [/^the camera has moved; the reference is learnt anew$/, "摄像机被移动，正在重新学习参考画面"],
  [/^the place is not recognised$/, "认不出该位置"],
  [/^snow$/, "有积雪"],
  [/^too much of the zone is hidden$/, "区域遮挡过多"],
  [/^the ground is not told apart clearly$/, "地面类别分辨不清"],
  [/^the reference is not learnt yet$/, "参考画面尚未学好"],
  [/^the camera has no such scene and zone any more$/, "摄像机已没有该场景或区域"],
  [/^the camera gave too few pictures in time$/, "摄像机未能按时给出足够的画面"],
  [/^the camera did not answer in time$/, "摄像机未按时应答"],
  [/^a fall is over when it has been seen$/, "坠落看到时已经结束"],
  [/^no contact with its gateway$/, "与网关失去联系"],
  [/^seen in (?<n>\d+) of (?<all>\d+) looks$/, "{all} 次观察中 {n} 次看到"],
  [/^(?<object>.+) is there$/, "那里有{object}"],
  [/^(?<object>.+) stands there$/, "那里停着{object}"],
  [/^read to its end$/, "已播放到结尾"],
  [/^next try in (?<n>[\d.]+) s$/, "{n} 秒后重试"],
  [/^(?<where>\S+) sends no video$/, "{where} 没有视频"],
  [/^(?<where>\S+) sent nothing for (?<n>[\d.]+) s$/, "{where} 已 {n} 秒没有数据"],
  [/^(?<where>\S+) broke off \((?<why>.+)\)$/, "{where} 中断（{why}）"],
  [/^(?<where>\S+) ended the stream$/, "{where} 结束了视频流"],
  [/^(?<where>\S+) refuses the user name or password$/, "{where} 拒绝用户名或密码"],
  [/^(?<where>\S+) has no stream by this path \(404\)$/, "{where} 没有这个路径的视频流（404）"],
  [/^(?<where>\S+) does not answer \(connection refused\)$/, "{where} 没有应答（连接被拒绝）"],
  [/^(?<where>\S+) does not answer \(nothing came within (?<n>[\d.]+) s\)$/, "{where} 没有应答（{n} 秒内没有数据）"],
  [/^(?<where>\S+) does not answer \((?<why>.+)\)$/, "{where} 没有应答（{why}）"],
  [/^(?<where>\S+) sent no keyframe in (?<n>[\d.]+) s$/, "{where} {n} 秒内没有关键帧"],
  [/^set the camera's I-frame interval to some seconds$/, "请把摄像机的 I 帧间隔设为几秒"],
  [/^check the path in the address$/, "请检查地址中的路径"],
  [/^check the path in source\.url$/, "请检查 source.url 中的路径"],
  [/^check the port, and that the camera is on$/, "请检查端口，并确认摄像机已开机"],
  [/^check address and network$/, "请检查地址和网络"],
  [/^the gateway's clock was set (?<way>forward|back) by (?<n>\d+) s$/, "网关的时钟被拨{way} {n} 秒"],
  [/^times from before were wrong by that$/, "此前的时间相差这么多"],
  [/^keyframes come every (?<n>[\d.]+) s but a look is wanted every (?<wanted>[\d.]+) s: more frames are decoded$/, "每 {n} 秒才有一个关键帧，而每 {wanted} 秒要看一次，因此多解码了一些帧"],
  [
    /^keyframes come every (?<n>[\d.]+) s but a look is wanted every (?<wanted>[\d.]+) s: looks are as rare as keyframes, as 'decode: keyframes' says$/,
    "每 {n} 秒才有一个关键帧，而每 {wanted} 秒要看一次；按 decode: keyframes 的设置，只能少看",
  ],
  [/^set the camera's I-frame interval lower(?: to save processor time)?$/, "请把摄像机的 I 帧间隔调小"],
  [/^main stream: it has another shape than the substream, so that masks would not fit: it is not used$/, "主码流与子码流画面比例不同，遮挡无法对应，因此不用主码流"],
  [/^main stream: (?<a>\d+ x \d+), the substream \((?<b>\d+ x \d+)\) shows only the middle of it, to which pictures are cut$/, "主码流 {a}，子码流（{b}）只显示其中间部分，图片裁到这一部分"],
  [/^main stream: (?<a>\d+ x \d+), the substream \((?<b>\d+ x \d+)\) shows it squeezed$/, "主码流 {a}，子码流（{b}）画面被压扁"],
  [/^set both to the same aspect ratio$/, "请把两路码流设为相同的宽高比"],
  [/^main stream: is not connected yet$/, "主码流尚未连上"],
  [/^main stream: sent nothing for (?<n>[\d.]+) s$/, "主码流已 {n} 秒没有数据"],
  [/^pictures and clips are the substream's$/, "图片和录像取自子码流"],
  [/^the camera's timestamps stand still: its pictures are timed by their arrival$/, "摄像机的时间戳停住不动，画面按到达时间计时"],
  [/^restart the camera, and update its firmware$/, "请重启摄像机并升级固件"],
  [/^the processor decodes until the gateway starts again$/, "网关重启前由处理器解码"],
  [/^(?<scenes>[a-z_]+(?:, [a-z_]+)*): the camera shakes or moves$/, "{scenes}：摄像机晃动或移动"],
  [/^look back: video is not kept: (?<why>.+)$/, "回看：录像没有保存（{why}）"],
  [/^model (?<name>\S+): (?<way>[\w ]+?) gave values that are no numbers$/, "模型 {name}：{way} 算出的不是数字"],
  [/^model (?<name>\S+): (?<way>[\w ]+?) failed \((?<why>.+)\)$/, "模型 {name}：{way} 计算失败（{why}）"],
  [/^model (?<name>\S+): (?<way>[\w ]+?) sees otherwise than at the start: (?<why>.+)$/, "模型 {name}：{way} 的结果与启动时不一致（{why}）"],
  [/^computed by (?<way>\S+) on the processor until the next start$/, "下次启动前改由处理器上的 {way} 计算"],
  ...REFUSED,
];
/** Where settings are wrong: "camera gate, scenes.0 (smoke): …", and indented below it "  zones.1 (kerb).polygon: …". */
const PLACED = /^(?:()(camera [\w-]+(?:, (?:scenes\.\d+(?: \(\w+\))?|calibration))?)|(\s+)([\w.]+(?: \([\w-]+\))?[\w.]*)):\s*(.*)$/;
const WAYS: Readonly<Record<string, string>> = { forward: "快", back: "慢" };

/** What a gateway said, in the reader's language as far as it is known; sentences are parted by semicolons. */
export function gatewayWords(said: string): string {
  if (currentLocale.value !== "zh") {
    return said;
  }
  return said.split("\n").map(lineInChinese).join("\n");
}

/** One line: sentences, or where in the settings something is wrong, and what. */
function lineInChinese(line: string): string {
  const placed = PLACED.exec(line);
  if (placed !== null) {
    const [, , camera, indent = "", key, rest = ""] = placed;
    const place = camera ?? key ?? "";
    return `${indent}${place.replace(/^camera ([\w-]+)(?:, )?/, "摄像机 $1 ").replace("calibration", "标定").replace(/ \((\w+)\)$/, (_all, scene: string) => `（${sceneName(scene)}）`).trim()}：${lineInChinese(rest)}`;
  }
  return inChinese(line) ?? line.split("; ").map((part) => inChinese(part) ?? part).join("；");
}

function inChinese(sentence: string): string | null {
  for (const [pattern, words] of SAID) {
    const found = pattern.exec(sentence);
    if (found !== null) {
      return words.replace(/\{(\w+)\}/g, (_all, name: string) => filled(name, found.groups?.[name] ?? ""));
    }
  }
  return null;
}

function filled(name: string, value: string): string {
  if (name === "object") {
    return named("object", value);
  }
  if (name === "objects") {
    return value.split(", ").map((one) => named("object", one)).join("、");
  }
  if (name === "scenes") {
    return value.split(", ").map(sceneName).join("、");
  }
  return name === "way" ? (WAYS[value] ?? value) : value;
}
