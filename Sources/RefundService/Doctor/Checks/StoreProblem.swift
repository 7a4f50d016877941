import RefundWorker

/// A store that does not answer, as a finding.
func judgeStoreError(_ error: StoreError, of store: String) -> DoctorFinding {
    DoctorTopic.store.wrong(
        store, error.problem.replacing("\t", with: ""),
        meaning: "the worker can't start, or waits and takes no message", remedy: error.remedy)
}
