internal import CRabbitMQ

/// Reads the library's tables into values of our own.
///
/// The library has parsed the bytes by then, recursing once for each level: with frames of 128 KiB a hostile peer can
/// make it use several megabytes of stack, so threads that own a connection want 16 MiB. Ours stops at
/// ``FieldTable/maximumDepth``.
struct FieldTableDecoding {
    /// Whether every name so far was UTF-8.
    private(set) var isTextValid = true

    /// The table, or `nil` if it nests too deep.
    mutating func table(_ table: amqp_table_t, depth: Int = 1) -> FieldTable? {
        guard depth <= FieldTable.maximumDepth else { return nil }
        let entries = UnsafeBufferPointer(
            start: table.entries, count: table.entries == nil ? 0 : Int(table.num_entries))
        var result: [FieldTable.Entry] = []
        result.reserveCapacity(entries.count)
        for entry in entries {
            guard let value = value(entry.value, depth: depth) else { return nil }
            let name = entry.key.text
            if !name.isValid { isTextValid = false }
            result.append(FieldTable.Entry(name: name.string, value: value))
        }
        return FieldTable(result)
    }

    private mutating func array(_ array: amqp_array_t, depth: Int) -> [FieldValue]? {
        guard depth <= FieldTable.maximumDepth else { return nil }
        let entries = UnsafeBufferPointer(
            start: array.entries, count: array.entries == nil ? 0 : Int(array.num_entries))
        var result: [FieldValue] = []
        result.reserveCapacity(entries.count)
        for entry in entries {
            guard let value = value(entry, depth: depth) else { return nil }
            result.append(value)
        }
        return result
    }

    private mutating func value(_ field: amqp_field_value_t, depth: Int) -> FieldValue? {
        switch amqp_field_value_kind_t(rawValue: UInt32(field.kind)) {
        case AMQP_FIELD_KIND_BOOLEAN: .boolean(field.value.boolean != 0)
        case AMQP_FIELD_KIND_I8: .int8(field.value.i8)
        case AMQP_FIELD_KIND_U8: .uint8(field.value.u8)
        case AMQP_FIELD_KIND_I16: .int16(field.value.i16)
        case AMQP_FIELD_KIND_U16: .uint16(field.value.u16)
        case AMQP_FIELD_KIND_I32: .int32(field.value.i32)
        case AMQP_FIELD_KIND_U32: .uint32(field.value.u32)
        case AMQP_FIELD_KIND_I64: .int64(field.value.i64)
        case AMQP_FIELD_KIND_U64: .uint64(field.value.u64)
        case AMQP_FIELD_KIND_F32: .float(bitPattern: field.value.u32)
        case AMQP_FIELD_KIND_F64: .double(bitPattern: field.value.u64)
        case AMQP_FIELD_KIND_DECIMAL:
            .decimal(scale: field.value.decimal.decimals, value: field.value.decimal.value)
        case AMQP_FIELD_KIND_UTF8: .longString(Array(field.value.bytes.buffer))
        case AMQP_FIELD_KIND_BYTES: .bytes(Array(field.value.bytes.buffer))
        case AMQP_FIELD_KIND_TIMESTAMP: .timestamp(field.value.u64)
        case AMQP_FIELD_KIND_VOID: .void
        case AMQP_FIELD_KIND_ARRAY: array(field.value.array, depth: depth + 1).map { .array($0) }
        case AMQP_FIELD_KIND_TABLE: table(field.value.table, depth: depth + 1).map { .table($0) }
        default: nil
        }
    }
}
