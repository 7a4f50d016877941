import RefundPolicy

/// The values of one statement, `$1` and on, in PostgreSQL's binary form (network byte order), so that no text is
/// escaped, parsed or copied twice.
struct Parameters {
    /// All values, one behind the other, after a byte of no meaning: an empty value needs an address, too, or libpq would
    /// take it for NULL.
    private(set) var bytes: [UInt8] = [0]
    /// Where each value lies; `nil` for NULL.
    private(set) var places: [Range<Int>?] = []

    init() {}

    init(_ fill: (inout Parameters) -> Void) {
        fill(&self)
    }

    mutating func add(_ value: Int64?) {
        guard let value else { return places.append(nil) }
        place { $0.appendInteger(value) }
    }

    mutating func add(_ value: Int) {
        add(Int64(value))
    }

    mutating func add(_ value: Instant?) {
        add(value?.microsecondsSinceEpoch)
    }

    mutating func add(_ text: String?) {
        guard let text else { return places.append(nil) }
        place { $0.append(contentsOf: text.utf8) }
    }

    mutating func add(_ value: [UInt8]) {
        place { $0.append(contentsOf: value) }
    }

    /// An array of one dimension: one element for each of `items`.
    mutating func add<Items: Collection>(
        _ type: ElementType, _ items: Items, _ element: (Items.Element, inout ArrayElements) -> Void
    ) {
        place { bytes in
            // Moved, not copied: the bytes have one owner at a time.
            var taken: [UInt8] = []
            swap(&taken, &bytes)
            var elements = ArrayElements(type, count: items.count, into: taken)
            taken = []
            for item in items { element(item, &elements) }
            bytes = elements.finished()
        }
    }

    private mutating func place(_ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        places.append(start..<bytes.count)
    }
}

/// What an array holds (pg_type.dat: the numbers never change).
enum ElementType: UInt32 {
    case boolean = 16
    case bytes = 17
    case bigint = 20
    case text = 25
}

/// Writes the elements of an array: PostgreSQL's `array_recv` reads dimensions, flags, element type, size, lower bound,
/// and then each element behind its length.
struct ArrayElements {
    private var bytes: [UInt8]
    private let flagsAt: Int

    fileprivate init(_ type: ElementType, count: Int, into bytes: consuming [UInt8]) {
        self.bytes = bytes
        self.bytes.appendInteger(Int32(1))
        flagsAt = self.bytes.count
        self.bytes.appendInteger(Int32(0))
        self.bytes.appendInteger(type.rawValue)
        self.bytes.appendInteger(Int32(clamping: count))
        self.bytes.appendInteger(Int32(1))
    }

    mutating func add(_ value: Int64?) {
        guard let value else { return addNull() }
        bytes.appendInteger(Int32(8))
        bytes.appendInteger(value)
    }

    mutating func add(_ value: Int) {
        add(Int64(value))
    }

    mutating func add(_ value: Instant?) {
        add(value?.microsecondsSinceEpoch)
    }

    mutating func add(_ value: Bool) {
        bytes.appendInteger(Int32(1))
        bytes.append(value ? 1 : 0)
    }

    mutating func add(_ text: String?) {
        guard var text else { return addNull() }
        text.withUTF8 { utf8 in
            bytes.appendInteger(Int32(clamping: utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    mutating func add(_ value: [UInt8]) {
        bytes.appendInteger(Int32(clamping: value.count))
        bytes.append(contentsOf: value)
    }

    private mutating func addNull() {
        // "Holds NULLs"; the last byte of a number in network order is its lowest.
        bytes[flagsAt + 3] = 1
        bytes.appendInteger(Int32(-1))
    }

    fileprivate consuming func finished() -> [UInt8] { bytes }
}

extension [UInt8] {
    fileprivate mutating func appendInteger(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
