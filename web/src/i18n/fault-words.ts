/** What may be wrong with one value, as a request or the text of a file carries it. */
export interface FaultSaid {
  readonly type: string;
  readonly params?: Readonly<Record<string, string | number | readonly string[]>>;
}

/** Limits in words; '' where the service names none. */
function limits({ min, max, values }: NonNullable<FaultSaid['params']> = {}): string {
  if (Array.isArray(values)) return `可选：${values.join('、')}`;
  if (min !== undefined && max !== undefined) return `应在 ${String(min)} 到 ${String(max)} 之间`;
  if (min !== undefined) return `不能小于 ${String(min)}`;
  return max === undefined ? '' : `不能超过 ${String(max)}`;
}

/** What the types of faults mean, in Chinese. A test compares them with those of the service. */
const ZH: Readonly<Record<string, string>> = {
  bool_parsing: '应为 true 或 false',
  conflict: '与其他内容冲突',
  datetime_parsing: '应为 ISO 8601 格式的时间',
  dict_type: '应为对象',
  duplicate: '重复',
  duplicate_id: '编号重复',
  duplicate_key: '键重复',
  enum: '不是可选的值',
  forbidden: '不允许在此使用',
  greater_than_equal: '数值过小',
  int_parsing: '应为整数',
  json_invalid: '不是 JSON',
  less_than_equal: '数值过大',
  masked: '是被遮住的密码，请重新填写',
  many_removed: '一次删除过多',
  mismatch: '应与地址中的编号一致',
  missing: '必填',
  more_faults: '还有更多错误，请先修正以上各项',
  no_area: '区域没有面积',
  order: '顺序不对',
  pattern: '格式不符',
  range: '超出范围',
  self_intersecting: '边线相互交叉',
  stages: '阶段不符合要求',
  string_too_long: '文字过长',
  string_type: '应为文字',
  too_large: '过大',
  type: '类型不对',
  unknown_field: '没有这个字段',
  unknown_group: '没有这个分组',
};

/** A sentence for a type; with the limits where the service names them, else followed by its own English sentence. */
export function faultInChinese({ type, params }: FaultSaid, english: string): string {
  const meaning = ZH[type];
  const limited = limits(params);
  if (meaning === undefined) return limited === '' ? english : limited;
  return limited === '' ? `${meaning}（${english}）` : `${meaning}：${limited}`;
}
