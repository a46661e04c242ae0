-- A payment that was undone while the bank took it back is out twice as well, and then neither of the sums that were watched changes.
DROP TRIGGER watch_exposure ON payments;
CREATE TRIGGER watch_exposure AFTER UPDATE OF captured, refunded, charged_back, voided ON payments FOR EACH ROW
  WHEN (OLD.captured IS DISTINCT FROM NEW.captured OR OLD.refunded IS DISTINCT FROM NEW.refunded
    OR OLD.charged_back IS DISTINCT FROM NEW.charged_back OR OLD.voided IS DISTINCT FROM NEW.voided)
  EXECUTE FUNCTION watch_exposure();
