// Four cards, one after the other; where one left off is the bookmark.
"use strict";

const CARDS = [
  ["第一步：看", "箱门完好、箱内没有杂物，电缆没有泡水和破皮，系统图与实物一致。"],
  ["第二步：测", "用仪器测绝缘电阻和接地电阻，把数据写进记录，不写“正常”两个字。"],
  ["第三步：试", "按剩余电流保护器的试验按钮，能立即跳闸才算合格；按钮与仪器抽测互不替代。"],
  ["第四步：送", "停送电挂牌上锁，谁停谁送，由持证电工合闸，合闸后再巡一遍。"],
];
const part = (id) => document.getElementById(id);
let at = 0;

function show() {
  [part("name").textContent, part("text").textContent] = CARDS[at];
  part("where").textContent = `${at + 1} / ${CARDS.length}`;
  part("back").disabled = at === 0;
  part("on").disabled = at === CARDS.length - 1;
  course.set("cmi.location", at);
  course.set("cmi.progress_measure", ((at + 1) / CARDS.length).toFixed(2));
  if (at === CARDS.length - 1) {
    course.set("cmi.completion_status", "completed");
    part("done").textContent = "四步都看过了，可以进入下一项。";
  }
  course.save();
}

course.start();
at = Math.min(Number(course.get("cmi.location")) || 0, CARDS.length - 1);
part("back").addEventListener("click", () => {
  at -= 1;
  show();
});
part("on").addEventListener("click", () => {
  at += 1;
  show();
});
show();
