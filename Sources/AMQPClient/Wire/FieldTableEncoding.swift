internal import CRabbitMQ

/// Writes tables for the library, and knows beforehand how many bytes they take on the wire (AMQP 0-9-1, section 4.2.5).
enum FieldTableEncoding {
    /// The bytes that the table takes, its own length included.
    ///
    /// - Throws: ``AMQPError/Code/invalidArgument`` if it nests too deep or a name is longer than 255 bytes.
    static func size(of table: FieldTable, depth: Int = 1) throws(AMQPError) -> Int {
        guard depth <= FieldTable.maximumDepth else { throw tooDeep }
        var size = 4
        for entry in table.entries {
            let nameSize = entry.name.utf8.count
            guard nameSize <= 255 else {
                throw AMQPError(
                    .invalidArgument,
                    during: "encode table",
                    detail: "a name in a field table is longer than 255 bytes",
                    scope: .none
                )
            }
            size += 1 + nameSize + (try self.size(of: entry.value, depth: depth))
        }
        return size
    }

    private static func size(of value: FieldValue, depth: Int) throws(AMQPError) -> Int {
        switch value {
        case .void: return 1
        case .boolean, .int8, .uint8: return 2
        case .int16, .uint16: return 3
        case .int32, .uint32, .float: return 5
        case .decimal: return 6
        case .int64, .uint64, .double, .timestamp: return 9
        case .longString(let bytes), .bytes(let bytes): return 5 + bytes.count
        case .table(let table): return 1 + (try size(of: table, depth: depth + 1))
        case .array(let values):
            guard depth < FieldTable.maximumDepth else { throw tooDeep }
            var size = 5
            for value in values { size += try self.size(of: value, depth: depth + 1) }
            return size
        }
    }

    /// The table in the library's form. Its size must have been asked for first: that checks depth and names.
    static func table(_ table: FieldTable, in arena: WireArena) throws(AMQPError) -> amqp_table_t {
        let entries = try arena.elements(table.entries.count, of: amqp_table_entry_t.self)
        for (index, entry) in table.entries.enumerated() {
            let encoded = amqp_table_entry_t(
                key: try arena.bytes(entry.name),
                value: try value(entry.value, in: arena)
            )
            entries?[index] = encoded
        }
        return amqp_table_t(num_entries: Int32(table.entries.count), entries: entries)
    }

    private static func value(_ value: FieldValue, in arena: WireArena) throws(AMQPError) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        func set(_ kind: amqp_field_value_kind_t) { field.kind = UInt8(kind.rawValue) }
        switch value {
        case .boolean(let value):
            set(AMQP_FIELD_KIND_BOOLEAN)
            field.value.boolean = value ? 1 : 0
        case .int8(let value):
            set(AMQP_FIELD_KIND_I8)
            field.value.i8 = value
        case .uint8(let value):
            set(AMQP_FIELD_KIND_U8)
            field.value.u8 = value
        case .int16(let value):
            set(AMQP_FIELD_KIND_I16)
            field.value.i16 = value
        case .uint16(let value):
            set(AMQP_FIELD_KIND_U16)
            field.value.u16 = value
        case .int32(let value):
            set(AMQP_FIELD_KIND_I32)
            field.value.i32 = value
        case .uint32(let value):
            set(AMQP_FIELD_KIND_U32)
            field.value.u32 = value
        case .int64(let value):
            set(AMQP_FIELD_KIND_I64)
            field.value.i64 = value
        case .uint64(let value):
            set(AMQP_FIELD_KIND_U64)
            field.value.u64 = value
        case .float(let bits):
            set(AMQP_FIELD_KIND_F32)
            field.value.u32 = bits
        case .double(let bits):
            set(AMQP_FIELD_KIND_F64)
            field.value.u64 = bits
        case .decimal(let scale, let value):
            set(AMQP_FIELD_KIND_DECIMAL)
            field.value.decimal = amqp_decimal_t(decimals: scale, value: value)
        case .longString(let bytes):
            set(AMQP_FIELD_KIND_UTF8)
            field.value.bytes = try arena.bytes(bytes)
        case .bytes(let bytes):
            set(AMQP_FIELD_KIND_BYTES)
            field.value.bytes = try arena.bytes(bytes)
        case .timestamp(let seconds):
            set(AMQP_FIELD_KIND_TIMESTAMP)
            field.value.u64 = seconds
        case .table(let table):
            set(AMQP_FIELD_KIND_TABLE)
            field.value.table = try self.table(table, in: arena)
        case .void: set(AMQP_FIELD_KIND_VOID)
        case .array(let values):
            set(AMQP_FIELD_KIND_ARRAY)
            let elements = try arena.elements(values.count, of: amqp_field_value_t.self)
            for (index, value) in values.enumerated() {
                let encoded = try self.value(value, in: arena)
                elements?[index] = encoded
            }
            field.value.array = amqp_array_t(num_entries: Int32(values.count), entries: elements)
        }
        return field
    }

    private static var tooDeep: AMQPError {
        AMQPError(
            .invalidArgument,
            during: "encode table",
            detail: "a field table nests deeper than \(FieldTable.maximumDepth)",
            scope: .none
        )
    }
}
