//! The files of a run, written when its callbacks have asked for them.

use super::checkpoint_file::Snapshot;
use super::moments::Save;
use super::run_settings::RunSettings;
use super::trainer::Trainer;
use super::{CallbackState, Control, History, TrainError, announce};
use crate::weights;
use std::path::PathBuf;

impl Trainer<'_, '_> {
    /// Makes sure that the settings of this run are written down.
    pub(super) fn mark_settings(&mut self) -> Result<(), TrainError> {
        if self.settings.is_none() {
            self.settings = Some(RunSettings::new(
                self.network.program(),
                self.data,
                self.losses,
                &self.meter,
                &self.options,
                &self.rates.monitor,
            )?);
        }
        Ok(())
    }

    /// What each callback remembers now.
    pub(super) fn states(&self) -> Vec<CallbackState> {
        let callbacks = self.options.callbacks.iter();
        callbacks.map(|callback| callback.state()).collect()
    }

    /// Tells the callbacks of the epoch's end, then writes the files that they asked for.
    pub(super) fn epoch_callbacks(
        &mut self,
        epoch: usize,
        complete: bool,
    ) -> Result<Control, TrainError> {
        let last = epoch >= self.options.epochs;
        let callbacks = &mut self.options.callbacks;
        let (control, saves) =
            announce::epoch_end(callbacks, &self.history, self.network, [last, complete])?;
        if !saves.is_empty() {
            let states = self.states();
            self.save(saves, &states, None)?;
        }
        Ok(control)
    }

    /// Tells the callbacks that training is over, then writes the files that they asked for: with the weights that they leave,
    /// and the state in which training would go on.
    pub(super) fn end(&mut self) -> Result<(), TrainError> {
        if self.options.callbacks.is_empty() {
            return Ok(());
        }
        let states = self.states();
        let store = self.network.store();
        let before = [store.parameters(), store.state()].map(<[f32]>::to_vec);
        let callbacks = &mut self.options.callbacks;
        let (notes, saves) = announce::train_end(callbacks, &self.history, self.network)?;
        notes.iter().for_each(|note| self.progress.note(note));
        self.save(saves, &states, Some(&before))
    }

    /// Writes files. `before` are parameters and state from before the callbacks changed them.
    fn save(
        &mut self,
        saves: Vec<Save>,
        states: &[CallbackState],
        before: Option<&[Vec<f32>; 2]>,
    ) -> Result<(), TrainError> {
        for save in saves {
            match save {
                Save::Weights(path) => weights::save(self.network, path)?,
                Save::Checkpoint(path) => self.save_checkpoint(path, states, before)?,
            }
        }
        Ok(())
    }

    fn save_checkpoint(
        &mut self,
        path: PathBuf,
        states: &[CallbackState],
        before: Option<&[Vec<f32>; 2]>,
    ) -> Result<(), TrainError> {
        if self.broken_off.is_some() && self.place.is_none() {
            self.progress.note(&format!(
                "{} isn't written: the epoch was broken off, and it has more predictions than are kept to go on within it",
                path.display()
            ));
            return Ok(());
        }
        self.mark_settings()?;
        let Some(settings) = &self.settings else {
            unreachable!("they have just been marked")
        };
        let store = self.network.store();
        let now = [store.parameters(), store.state()];
        let before = before.map(|[parameters, state]| [&parameters[..], &state[..]]);
        let mut epochs = self.history.epochs().to_vec();
        if self.broken_off.is_some() {
            epochs.pop();
        }
        let snapshot = Snapshot {
            network: self.network,
            training: before.filter(|before| *before != now),
            slots: &self.slots,
            options: &self.options,
            settings,
            rates: self.rates.mark(),
            history: History { epochs },
            place: self.place.as_ref(),
            states: self.broken_off.as_deref().unwrap_or(states),
        };
        snapshot.write(&path)
    }
}
