/** 嵌入记录的说明，由 Python 按代码写下。 */

export const REMARKS = {
  "with hint": "{note}{hint}",
  "headings taken": "{path} 的第一行被当作标题。",
  "like a heading": "{path} 的第一行 {line} 像是标题；单列的文件没有标题。",
  "no row of padding": "如果标签不含第 0 行（填充），请使用 skip_rows=(0,)。",
  "no labels": "层 {layer} 没有标签，各行以编号命名：{error}",
  "more labels": "层 {layer} 有 {rows} 行，而给出了 {labels} 个标签，多出 {more} 个；各行以编号命名。",
  "a label missing": "层 {layer} 有 {rows} 行，而给出了 {labels} 个标签，少 1 个；最后一行以编号命名。",
  "labels missing": "层 {layer} 有 {rows} 行，而给出了 {labels} 个标签，少 {fewer} 个；最后 {fewer} 行以编号命名。",
  "words missing": "词汇表有 {words} 个词，而表有 {rows} 行；最后 {fewer} 行以编号命名。",
  "labels fit others": "这些标签也适合 {others}；如果只用于一个表，请按层给出：labels={{{layer}: ...}}。",
  "column left out": "列 {column} 有 {values} 个值，而层 {layer} 有 {rows} 行；该列已略去。",
  "all skipped": "skip_rows 略去了层 {layer} 的全部 {rows} 行；因此仍全部记录。",
  "too many rows": "层 {layer} 有 {rows} 行；Projector 最多绘制 {most} 行，因此只记录这么多：{which}。",
  "most frequent": "{column} 最高的那些",
  first: "最前面的那些，因为词汇表从最常见的词开始",
  "repeated label": "1 个标签出现在多行：{labels}。",
  "repeated labels": "{count} 个标签出现在多行：{labels}。",
  "long label": "1 个标签超过 {most} 个字符，长 {longest} 个；Projector 只显示开头。",
  "long labels": "{count} 个标签超过 {most} 个字符，最长 {longest} 个；Projector 只显示开头。",
  "not finite vectors":
    "层 {layer} 的 {of} 个向量中有 {count} 个含 NaN 或无穷大，如 {label} 的向量；Projector 将其略去。",
  "stored as": "该表以 {mode} 存储；这些是模型由它得到的向量。",
  mean: "每个样本的输出形状为 {shape}；显示的是除最后一轴外的平均。",
  "mean with padding": "每个样本的输出形状为 {shape}；显示的是除最后一轴外的平均，包括填充：该层不传递掩码。",
  "mean without padding": "每个样本的输出形状为 {shape}；显示的是除最后一轴外的平均，不包括填充。",
} as const;
