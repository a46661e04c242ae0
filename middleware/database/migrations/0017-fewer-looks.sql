-- Exposures are looked for only where something is out twice before or behind a change, or may be: one that is open was one of these before.
CREATE OR REPLACE TRIGGER watch_exposure AFTER UPDATE OF captured, refunded, charged_back, voided ON payments FOR EACH ROW
  WHEN (OLD.charged_back > 0 OR NEW.charged_back > 0 OR OLD.refunded > OLD.captured OR NEW.refunded > NEW.captured)
  EXECUTE FUNCTION watch_exposure();
