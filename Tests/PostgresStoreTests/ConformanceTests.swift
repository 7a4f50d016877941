import StoreConformance
import Testing

@Suite("PostgresStore as a store of the port")
struct ConformanceTests {
    @Test("keeps the port's promises", arguments: StoreBehaviour.all)
    func conforms(_ behaviour: StoreBehaviour) throws {
        try behaviour.check(PostgresFixture())
    }
}
