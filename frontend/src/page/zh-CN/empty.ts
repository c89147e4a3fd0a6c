/** 没有数据时要说的话。 */

export const EMPTY = {
  title: "还没有记录",
  text: "加入一个回调函数，写入第一步后本页自动显示，无需刷新。",
  code: `from tb_seqviz_plugin.callbacks import SeqViz

model.fit(x, y, callbacks=[SeqViz("logs", inputs)])`,
  meaning: "logs：TensorBoard 读取的目录。inputs：要观察的几个样本，格式与模型的输入相同。",
} as const;
