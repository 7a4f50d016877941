import RefundService
import Testing

@Suite("Addresses and networks")
struct NetworkAddressTests {
    @Test(
        "a network holds its addresses and no others",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false), ("192.0.2.128/25", "192.0.2.127", false), ("0.0.0.0/0", "1.2.3.4", true),
            ("0.0.0.0/0", "::1", false), ("2001:db8::/32", "2001:db8:ffff::1", true), ("::1", "::1", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true), ("fe80::/10", "fe80::1%eth0", true),
        ])
    func contains(_ block: String, _ address: String, _ isInside: Bool) throws {
        #expect(try #require(AddressBlock(block)).contains(#require(NetworkAddress(address))) == isInside)
    }

    @Test(
        "what is no network is refused",
        arguments: ["", "proxy.example", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::1/129", "1.2.3.4/", "1.2.3.4/x"])
    func invalid(_ text: String) {
        #expect(AddressBlock(text) == nil)
    }

    @Test("an address is written as people write it, and an IPv6 one belongs to its network of 64 bits")
    func description() throws {
        #expect(NetworkAddress("2001:DB8:0:0:1::1")?.description == "2001:db8::1:0:0:1")
        #expect(NetworkAddress("2001:db8:1:2:3:4:5:6")?.neighbourhood.description == "2001:db8:1:2::")
        #expect(NetworkAddress("192.0.2.1")?.neighbourhood.description == "192.0.2.1")
        #expect(AddressBlock("10.0.0.0/8")?.description == "10.0.0.0/8")
    }
}
