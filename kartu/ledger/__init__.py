"""What was published when: the ledger keeps students' progress and edits safe through releases."""
