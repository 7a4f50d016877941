package import RefundPolicy

/// Writes JSON text, compact and in the order of the calls, so that the same calls give the same bytes. The commands
/// of this package write their `--json` with it, too.
package struct JSONWriter: ~Copyable {
    private var text: TextBuffer
    private var needsComma = false

    package init(capacity: Int = 1_024) {
        text = TextBuffer(capacity: capacity)
    }

    package var bytes: [UInt8] { text.bytes }

    /// A member's name; its value follows. Names are ours and need no escape.
    package mutating func name(_ name: StaticString) {
        text.makeRoom(for: name.utf8CodeUnitCount + 4)
        if needsComma { text.put(UInt8(ascii: ",")) }
        text.put(UInt8(ascii: "\""))
        text.put(name)
        text.put(UInt8(ascii: "\""))
        text.put(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member whose name is not ours, and may need escapes.
    package mutating func string(named name: String, _ text: String) {
        string(name)
        self.text.append(UInt8(ascii: ":"))
        needsComma = false
        string(text)
    }

    /// The same with a number.
    package mutating func integer(named name: String, _ value: Int64) {
        string(name)
        text.append(UInt8(ascii: ":"))
        needsComma = false
        integer(value)
    }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// An object as the value of the member `name`.
    package mutating func object(_ name: StaticString, _ members: (inout JSONWriter) -> Void) {
        self.name(name)
        beginObject()
        members(&self)
        endObject()
    }

    package mutating func string(_ string: String) {
        separate()
        withBytes(of: string) { utf8 in text.appendQuoted(UnsafeRawBufferPointer(utf8)) }
        needsComma = true
    }

    package mutating func string(_ name: StaticString, _ text: String) {
        self.name(name)
        string(text)
    }

    /// The member, unless the text is missing.
    package mutating func string(_ name: StaticString, ifPresent text: String?) {
        if let text { string(name, text) }
    }

    package mutating func integer(_ name: StaticString, _ value: Int64) {
        self.name(name)
        integer(value)
    }

    mutating func integer(_ value: Int64) {
        separate()
        text.makeRoom(for: 20)
        text.put(value)
        needsComma = true
    }

    /// A number whose text is at hand.
    package mutating func number(_ name: StaticString, _ value: some CustomStringConvertible) {
        raw(name, ifPresent: value.description)
    }

    package mutating func boolean(_ name: StaticString, _ value: Bool) {
        self.name(name)
        text.makeRoom(for: 5)
        text.put(value ? "true" : "false")
        needsComma = true
    }

    /// An instant as RFC 3339 in UTC.
    package mutating func instant(_ name: StaticString, _ instant: Instant) {
        self.name(name)
        quoted(atMost: Instant.longestText) { instant.write(to: $0) }
    }

    /// An amount's decimal number as a string.
    mutating func decimal(_ name: StaticString, of money: Money) {
        self.name(name)
        quoted(atMost: Money.longestDecimal) { money.writeDecimal(to: $0) }
    }

    /// JSON text as it is.
    package mutating func raw(_ name: StaticString, ifPresent json: String?) {
        guard let json else { return }
        self.name(name)
        withBytes(of: json) { utf8 in text.append(UnsafeRawBufferPointer(utf8)) }
        needsComma = true
    }

    /// A string whose characters `write` puts down, and which needs no escapes.
    @inline(__always)
    private mutating func quoted(atMost count: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int) {
        text.makeRoom(for: count + 2)
        text.put(UInt8(ascii: "\""))
        text.put(write)
        text.put(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        text.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        text.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { text.append(UInt8(ascii: ",")) }
    }
}
