/** 结构记录与统计记录的说明，由 Python 按代码写下。 */

export const REMARKS = {
  "no flow": "{reason}图中只有各层，没有它们之间的数据流。",
  "no call method":
    "模型 {model} 没有 call 方法，因此无从得知如何运行；请编写该方法，或记录其中的一个模型，如 model.encoder。",
  "run op by op": "模型只能在一个批次上逐个运算地运行；其他批次所走的路径可能不同（{error}）。",
  "ended early": "前向计算提前结束（{error}），其后的部分因此缺失；没有到达的层既没有调用，也没有形状。",
  "call ended": "它的调用以 {error} 结束",
  "not called": "前向计算没有调用它。",
  "weights of its own": "它在调用中才创建，或存放在 Keras 看不到的地方，因此它的权重不属于模型。",
  "too many layers": "没有{what}，因为模型有 {layers} 层，超过 {most} 层时只测量权重。",
  "no batch": "没有{what}，因为没有给出批次；请传入 inputs=(x, y)，如 inputs=(x_train[:32], y_train[:32])。",
  "not run": "没有{what}，因为模型 {model} 没有 call 方法。",
  activations: "激活",
  gradients: "梯度",
  "activations and gradients": "激活和梯度",
  "first examples": "统计只来自前 {examples} 个样本，这是模型一次能接收的数量。",
  "no targets": "没有梯度，因为探测批次没有目标；请传入 inputs=(x, y)。",
  "no loss": "没有梯度，因为模型 {model} 没有损失；请在 compile(loss=...) 中给出，或从 statistics 中去掉 'gradients'。",
  "failing loss": "没有梯度，因为无法计算模型 {model} 的损失：{error}",
} as const;
