import RefundWorker
import Testing

/// Expects that `body` fails with an error of that kind, that says something.
func expectError(
    _ kind: StoreError.Kind, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
    let error = #expect(throws: StoreError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.kind == kind, sourceLocation: sourceLocation)
    #expect(error?.problem.isEmpty == false && error?.remedy.isEmpty == false, sourceLocation: sourceLocation)
}
