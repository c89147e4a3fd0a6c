/** 注意力记录的说明，由 Python 按代码写下。 */

export const REMARKS = {
  "a, b": "{first}、{last}",
  "a and b": "{first}以及{last}",
  changed: "这些是模型实际使用的权重；在 softmax 之后还经过了{what}。",
  mask: "掩码",
  renormalised: "除以其总和",
  scaled: "乘以系数",
  gated: "门控",
  mixed: "头间混合",
  convolved: "卷积",
  difference: "两者相减",
  sum: "两者相加",
  "queries by position": "{count} 个查询与任何词元轴都不对应，因此按位置显示。",
  "keys by position": "{count} 个键与任何词元轴都不对应，因此按位置显示。",
  "other lengths": "`layers` 指定的轴与权重长度不同，因此权重按位置显示。",
  "not finite": "{of} 个权重中有 {count} 个为 NaN 或无穷大。",
  pooled:
    "为使该运行不超出字节预算，每个头的 {queries} × {keys} 个权重中，每 {block} × {block} 个只保留最大的一个；指标和警报仍根据全部权重计算。",
  "pooled, strongest kept":
    "为使该运行不超出字节预算，每个头的 {queries} × {keys} 个权重中，每 {block} × {block} 个只保留最大的一个，每个查询另保留最大的 {count} 个，平均占其权重的 {held}%；指标和警报仍根据全部权重计算。",
} as const;
