/** 评估记录的说明，由 Python 按代码写下。 */

export const REMARKS = {
  "a, b": "{first}、{last}",
  "a and b": "{first} 和 {last}",
  bootstrap: "95 %，按样本自助抽样，{draws} 次，种子 {seed}",
  "NaN predictions": "{count} 个预测为 NaN，已略去。",
  "not written": "模型在这一步没有自行写出文本：{error}",
  "does not write": "模型不能自行写出文本，因此不测量它的文本：{error}",
  "texts left out": "已略去 EvaluationOptions 的 texts=：{error}",
  "texts unknown": "EvaluationOptions 的 texts= 含有词汇表中没有的 {words}。",
  "too many classes": "已略去精确率、召回率、F1 和混淆矩阵：共有 {classes} 个类别，最多区分 {most} 个。",
  "slices left out": "已略去切片 {name}，因为{why}。",
  "one label each": "每个样本只有一个标签",
  "takes no ids": "模型不接收 id",
  "nothing is unknown": "没有词汇表说明哪个 id 代表未知词",
  "labels of tokens": "标签不是针对整个样本的",
  "writes no tokens": "模型不输出词元",
  "classes too many": "类别太多",
  "function returned nothing": "已略去切片 {name}：其函数对每个样本都返回 None。",
  "function failed": "已略去切片 {name}：其函数在样本 {example} 上出错（{error}）。",
  "few slices": "切片 {name} 中只测量样本最多的 {count} 个；其余 {others} 个已略去。",
  "no label counts":
    "没有计入的标签，因此没有测量：所有标签都未知、被掩码或权重为 0。标签应为从 0 开始的类别编号，或独热向量。",
  "labels below 0":
    "计入的标签都属于类别 1，另有 {count} 个小于 0，表示未知。如果 -1 是另一个类别，请传入 y > 0 作为标签。",
  "area left out": "已略去 {measure}：没有属于 {classes} 的标签。",
  "never predicted": "从未预测过：{classes}；它们的精确率按 0 计。",
  "and others": "{names} 等",
  "slices of tokens": "按{slices}划分的切片由词元组成，只有{measures}；其他指标只用于由样本组成的切片。",
  "kept examples": "{measures}：根据保留的 {count} 个样本计算，文本由模型自行写出。",
  "package missing":
    "文本指标中缺少 {measures}，因为没有安装 {packages}。要得到全部指标：pip install 'tb-seqviz-plugin[text]'。",
  "packages missing":
    "文本指标中缺少 {measures}，因为没有安装 {packages}。要得到全部指标：pip install 'tb-seqviz-plugin[text]'。",
  "edit distance": "编辑距离",
  "fewer names": "classes= 有 {names} 个名称，而模型区分 {classes} 个类别；其余的用编号表示。",
  "more names": "classes= 有 {names} 个名称，而模型区分 {classes} 个类别；最后几个没有对应的类别。",
  "one of several outputs":
    "模型 {model} 返回 {count} 个张量；这里评估的是其中的第 {place} 个，依据的是标签中的第 {target} 个。要评估另一个，请传入只含它的模型，如 keras.Model(model.inputs, model.outputs[1])，并附上它的标签。",
  "weights below 0": "有些权重小于 0 或为 NaN；这些标签不计入。",
  "labels too large": "标签中有 {label}，而模型 {model} 区分 {classes} 个类别，从 0 到 {last}；这样的标签已略去。",
  "a batch left out": "已略去一个批次：{error}",
  "batch left out": "已略去批次 {batch}：{error}",
  "cut data set": "数据集没有说明样本数；只看了 {count} 个。请传入 max_examples=。",
  "workers missing":
    "没有收到工作进程 {workers} 对主进程的同一份权重（须逐位相同）和同一数据的计数。从现在起由主进程评估整个数据集。要各评估一部分，请在所有工作进程上于相同的步调用 log(step)，使用相同的数据集和参数，以及它们都能看到的 log_dir；BatchNormalization 的滑动平均在各工作进程上不同，除非创建时使用 synchronized=True。",
} as const;
